import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type CollectOptions, collect, describePullInput } from '../../../test/conformance/inputs.ts';
import { PostgresServer, postgresMissing } from '../../../test/support/postgres-server.ts';
import { type Clock, VirtualClock } from '../../base/clock.ts';
import type { Cursor } from '../../kit/input.ts';
import { changesOf, testConnection } from '../postgres/test-support/test-source.ts';
import { postgresQueryInput } from './postgres-query-input.ts';

const MINUTE_MS = 60_000;

const ROWS = 4_000;
const PADDING = 'x'.repeat(200);

describe.skipIf(postgresMissing)('a query on a schedule', () => {
  let server: PostgresServer;
  let cursor: Cursor;
  beforeAll(async () => {
    server = await PostgresServer.start();
    await server.query('create table t (id int, at timestamptz)');
  });

  describePullInput('the news of a query', postgresQueryInput, async () => {
    const sql = `select n, n || '${PADDING}' as t from generate_series(0, ${ROWS - 1}) n`;
    return {
      context: {
        // So seldom that no instant comes while the test runs.
        options: { connection: 'shop', sql, every: '10000d', mode: 'news', by: 'n' },
        connection: testConnection(server),
        baseFolder: '/',
        fields: [
          { name: 'n', type: 'integer' },
          { name: 't', type: 'string' },
        ],
        key: ['n'],
      },
      records: Array.from({ length: ROWS }, (_, n) => `{"n":${n},"t":"${n}${PADDING}"}`),
      remove: async () => undefined,
    };
  });

  beforeEach(async () => {
    cursor = undefined;
    await server.query('delete from t');
  });

  async function read(options: Record<string, unknown>, more: CollectOptions = {}) {
    const context = {
      options: { connection: 'shop', sql: 'select id, at from t;', every: '1m', ...options },
      connection: testConnection(server),
      baseFolder: '/',
      fields: [{ name: 'id', type: 'integer' } as const, { name: 'at', type: 'timestamp' } as const],
      key: ['id'],
    };
    const collected = await collect(postgresQueryInput, context, { cursor, ...more });
    cursor = collected.batches.at(-1)?.cursor ?? cursor;
    return collected;
  }

  test('gives all rows as one whole, and asks again only when it is due', async () => {
    const clock = new VirtualClock(MINUTE_MS * 10.5);
    await server.query(`insert into t values (1, '2001-01-31 12:00Z')`);
    const first = await read({}, { clock });
    expect(changesOf(first)).toEqual(['+{"id":1,"at":"2001-01-31T12:00:00Z"}']);
    expect(first.batches.map((batch) => batch.whole)).toEqual([{ first: true, last: true, deletes: true }]);
    expect((await read({}, { clock })).batches).toEqual([]);
    clock.advance(MINUTE_MS * 7);
    expect((await read({}, { clock })).batches.length).toBe(1);
    expect((await read({}, { clock })).batches).toEqual([]);
  });

  test('waits for an instant that is further away than timers reach, without asking or telling meanwhile', async () => {
    await server.query(`insert into t values (1, '2001-01-31 12:00Z')`);
    let slept = 0;
    const clock: Clock = {
      nowMs: () => 0,
      sleep: async (ms) => {
        slept += 1;
        expect(ms).toBeLessThan(2 ** 31);
        if (slept === 3) throw new Error('slept long enough');
      },
    };
    const context = { every: '10000d' };
    await expect(read(context, { clock, caughtUpTimes: 2 })).rejects.toThrow('slept long enough');
  });

  test('gives only what is new by a growing column, and rows with the last value that came later', async () => {
    const clock = new VirtualClock(0);
    const news = async () => {
      clock.advance(MINUTE_MS);
      return changesOf(await read({ mode: 'news', by: 'at' }, { clock })).map(
        (one) => JSON.parse(one.slice(1)).id,
      );
    };
    await server.query(`insert into t values (2, '2001-01-02Z'), (1, '2001-01-01Z')`);
    expect(await news()).toEqual([1, 2]);
    expect(await news()).toEqual([]);
    await server.query(`insert into t values (3, '2001-01-02Z'), (4, '2001-01-03Z'), (5, null)`);
    expect(await news()).toEqual([3, 4]);
    expect(await news()).toEqual([]);
  });

  test('refuses options that do not fit, and says what is wrong with the query', async () => {
    await expect(read({ mode: 'news' })).rejects.toMatchObject({ code: 'QUERY_OPTIONS_INVALID' });
    await expect(read({ every: 'often' })).rejects.toMatchObject({ code: 'QUERY_OPTIONS_INVALID' });
    await expect(read({ sql: 'select nothing from t' })).rejects.toThrow(/column "nothing" does not exist/);
    await expect(read({ sql: 'delete from t returning *' })).rejects.toMatchObject({
      code: 'POSTGRES_FAILED',
    });
  });
});
