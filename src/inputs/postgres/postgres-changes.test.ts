import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { CollectOptions } from '../../../test/conformance/inputs.ts';
import { PostgresServer, postgresMissing } from '../../../test/support/postgres-server.ts';
import type { CaptureBatch, Cursor } from '../../kit/input.ts';
import type { Field } from '../../schema/field.ts';
import { changesOf, readNow, type TestTable } from './test-support/test-source.ts';

const id: Field = { name: 'id', type: 'integer' };
const text: Field = { name: 'v', type: 'string' };

describe.skipIf(postgresMissing)('what happens to a table', () => {
  let server: PostgresServer;
  let cursor: Cursor;
  let warned: string[] = [];
  const state = new Map<string, string>();
  const table: TestTable = {
    table: 't',
    fields: [id, text],
    key: ['id'],
    row: async ([key]) => state.get(`{"id":${key}}`),
    warn: (message) => warned.push(message),
  };

  beforeAll(async () => {
    server = await PostgresServer.start();
  });

  beforeEach(async () => {
    await server.query(`select pg_drop_replication_slot(slot_name) from pg_replication_slots where not active;
      drop table if exists t; create table t (id int primary key, v text, unread int)`);
    cursor = undefined;
    warned = [];
    state.clear();
  });

  /** What comes from where reading ended; each as `+{...}` or `-{...}`. */
  async function read(how: TestTable = table): Promise<string[]> {
    const collected = await readNow(server, how, { cursor });
    cursor = collected.batches.at(-1)?.cursor ?? cursor;
    const changes = changesOf(collected);
    for (const change of changes) keep(change.slice(1), change.startsWith('-'));
    return changes;
  }

  function keep(document: string, isDelete: boolean): void {
    const key = `{"id":${JSON.parse(document).id}}`;
    if (isDelete) state.delete(key);
    else state.set(key, document);
  }

  test('comes as upserts and deletes, in the order in which transactions ended', async () => {
    await server.query(`insert into t values (1, 'a'), (2, null)`);
    expect(await read()).toEqual(['+{"id":1,"v":"a"}', '+{"id":2,"v":null}']);
    await server.query(
      `insert into t values (3, 'c"\\n'); update t set v = 'b' where id = 2; delete from t where id = 1`,
    );
    await server.query(`update t set unread = 7 where id = 2`);
    expect(await read()).toEqual([
      '+{"id":3,"v":"c\\"\\\\n"}',
      '+{"id":2,"v":"b"}',
      '-{"id":1}',
      '+{"id":2,"v":"b"}',
    ]);
    expect(await read()).toEqual([]);
  });

  test('moves a row whose key is changed', async () => {
    await server.query(`insert into t values (1, 'a')`);
    await read();
    await server.query('update t set id = 5 where id = 1');
    expect(await read()).toEqual(['-{"id":1}', '+{"id":5,"v":"a"}']);
  });

  test('keeps large values that an update did not touch', async () => {
    const large = Array.from({ length: 9_000 }, (_, i) => (i * 7919).toString(36)).join('');
    await server.query(`insert into t values (1, '${large}'), (2, 'x')`);
    await read();
    await server.query('update t set unread = 1 where id = 1');
    expect(await read()).toEqual([`+{"id":1,"v":"${large}"}`]);
    await server.query(`begin; update t set id = 9 where id = 1; update t set unread = 2 where id = 9;
      insert into t values (3, '${large}'); update t set unread = 3 where id = 3; commit`);
    expect(await read()).toEqual([
      '-{"id":1}',
      `+{"id":9,"v":"${large}"}`,
      `+{"id":9,"v":"${large}"}`,
      `+{"id":3,"v":"${large}"}`,
      `+{"id":3,"v":"${large}"}`,
    ]);
    state.delete('{"id":3}');
    await server.query('update t set unread = 4 where id = 3');
    await expect(read()).rejects.toMatchObject({ code: 'POSTGRES_UNCHANGED_VALUE' });
    await server.query('update t set v = null; alter table t replica identity full');
  });

  test('is emptied by a truncate, and filled again by the same transaction', async () => {
    await server.query(`insert into t values (1, 'a')`);
    await read();
    await server.query(
      `begin; insert into t values (2, 'b'); truncate t; insert into t values (3, 'c'); commit`,
    );
    const { batches } = await readNow(server, table, { cursor });
    expect(batches.map(summary)).toEqual(['+{"id":2,"v":"b"} open', 'all deleted open', '+{"id":3,"v":"c"}']);
  });

  test('is held back while a transaction is larger than a batch, and goes on inside of it after a restart', async () => {
    await read();
    await server.query(`insert into t select n, repeat('x', 200) from generate_series(1, 5000) n`);
    const first = await readNow(server, table, { cursor, batchesMax: 2 });
    expect(first.batches.map((batch) => batch.open)).toEqual([true, true]);
    const rest = await readNow(server, table, { cursor: first.batches.at(-1)?.cursor });
    expect(rest.batches.at(-1)?.open).toBeUndefined();
    const ids = [...changesOf(first), ...changesOf(rest)].map((change) => JSON.parse(change.slice(1)).id);
    expect(ids).toEqual(Array.from({ length: 5_000 }, (_, i) => i + 1));
  });

  test('offers a new column, and stops at one that is gone or of another type', async () => {
    await read();
    await server.query(`alter table t add column extra text; insert into t values (1, 'a', 2, 'e')`);
    await read();
    expect(warned.join()).toMatch(/has new columns that are not read: extra/);
    await server.query(`alter table t drop column v`);
    await expect(read()).rejects.toMatchObject({ code: 'SOURCE_COLUMN' });
    await server.query(`alter table t add column v int`);
    await expect(read()).rejects.toMatchObject({ code: 'POSTGRES_GAP' });
    await expect(read()).rejects.toThrow(/"v" is of another type than before/);
  });

  test('tells a slot that is gone, and reads the table again when told so', async () => {
    await server.query(`insert into t values (1, 'a'), (2, 'b')`);
    await read();
    await server.query('select pg_drop_replication_slot(slot_name) from pg_replication_slots');
    await server.query(`delete from t where id = 1; insert into t values (3, 'c')`);
    await expect(read()).rejects.toMatchObject({ code: 'POSTGRES_GAP' });
    const rereading = { ...table, options: { on_gap: 'reread' } };
    const again = await readNow(server, rereading, { cursor });
    expect(again.batches.map(summary)).toEqual([
      ' open',
      'whole: +{"id":2,"v":"b"} +{"id":3,"v":"c"} open',
      '',
    ]);
    expect(warned.join()).toMatch(/is gone. The table is read again/);
  });

  test('tells that somebody else read from the slot', async () => {
    await read();
    await server.query(`insert into t values (1, 'a')`);
    await server.query(
      `select pg_replication_slot_advance(slot_name, pg_current_wal_lsn()) from pg_replication_slots`,
    );
    await expect(read()).rejects.toMatchObject({ code: 'POSTGRES_GAP' });
  });

  test('is refused where deletes would not name rows of the product', async () => {
    await expect(read({ ...table, key: ['v'] })).rejects.toMatchObject({ code: 'POSTGRES_IDENTITY' });
    await expect(read({ ...table, key: [] })).rejects.toMatchObject({ code: 'POSTGRES_IDENTITY' });
    await expect(read({ ...table, table: 'nothing' })).rejects.toMatchObject({
      code: 'POSTGRES_TABLE_UNKNOWN',
    });
  });

  test('makes up for the changes that were made while it was copied', async () => {
    await server.query(`insert into t select n, rpad('old', 24) from generate_series(1, 120000) n`);
    const expected = new Map<number, string>();
    let collected: CaptureBatch[] = [];
    for (let round = 0; round < 4; round++) {
      const stopping: CollectOptions = round < 3 ? { cursor, batchesMax: 3 } : { cursor };
      collected = [...collected, ...(await readNow(server, table, stopping)).batches];
      cursor = collected.at(-1)?.cursor;
      if (round === 3) break;
      expect(collected.at(-1)?.open).toBe(true);
      await server.query(`update t set v = 'round ${round}' where id % 1000 = ${round};
        delete from t where id % 1000 = ${round + 500}; update t set id = -id where id % 1000 = ${round + 700}`);
    }
    for (const row of await server.query<{ id: number; v: string }>('select id, v from t'))
      expected.set(row.id, row.v);
    const found = new Map<number, string>();
    const copies = new Map<string, number>();
    for (const change of changesOf({ batches: collected, caughtUp: true })) {
      const row = JSON.parse(change.slice(1));
      copies.set(change, (copies.get(change) ?? 0) + 1);
      if (change.startsWith('-'))
        expect(found.delete(row.id), `a delete of ${row.id} that came twice`).toBe(true);
      else found.set(row.id, row.v);
    }
    expect([...found].sort(byId)).toEqual([...expected].sort(byId));
    expect([...copies.values()].filter((count) => count > 1)).toEqual([]);
    expect(collected.slice(0, -1).every((batch) => batch.open)).toBe(true);
  });
});

function byId([a]: [number, string], [b]: [number, string]): number {
  return a - b;
}

function summary(batch: CaptureBatch): string {
  const changes = changesOf({ batches: [batch], caughtUp: true }).join(' ');
  const whole = batch.whole ? (changes === '' ? 'all deleted' : `whole: ${changes}`) : changes;
  return whole + (batch.open ? ' open' : '');
}
