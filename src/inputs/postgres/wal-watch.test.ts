import { expect, test } from 'vitest';
import { MESH_CONTEXT, productContext } from '../../../test/conformance/inputs.ts';
import { PostgresServer, postgresMissing } from '../../../test/support/postgres-server.ts';
import { silentLog } from '../../base/log.ts';
import { SourceSession } from './source-session.ts';
import { contextOf } from './test-support/test-source.ts';
import { watchHeldLog } from './wal-watch.ts';

const SLOT = 'kept_back';

test.skipIf(postgresMissing)(
  'warns once each time that a server begins to keep more log than was said',
  async () => {
    const server = await PostgresServer.start();
    const makeSlot = `select pg_create_logical_replication_slot('${SLOT}', 'pgoutput')`;
    const writeLog = `select pg_logical_emit_message(false, 'test', repeat('x', 3000000))`;
    await server.query('create table t (id int primary key)');
    await server.query(makeSlot);
    await server.query(writeLog);
    const warnings: string[] = [];
    const held: number[] = [];
    const stop = new AbortController();
    const betweenLooks = [
      () => server.query('select 1'),
      () => server.query(`select pg_drop_replication_slot('${SLOT}'); ${makeSlot}`),
      () => server.query(writeLog),
      async () => stop.abort(new Error('enough')),
    ];
    const session = await SourceSession.open({
      ...MESH_CONTEXT,
      ...productContext(() => undefined),
      ...contextOf(server, {
        table: 't',
        fields: [{ name: 'id', type: 'integer' }],
        key: ['id'],
        options: { wal_held_max: 1 },
      }),
      fields: [{ name: 'id', type: 'integer' }],
      cursor: undefined,
      signal: stop.signal,
      log: silentLog,
      caughtUp: () => undefined,
      warn: (message) => warnings.push(message),
      measure: (name, value) => name === 'wal_held_bytes' && held.push(value),
      clock: {
        nowMs: () => 0,
        sleep: async () => {
          await betweenLooks.shift()?.();
        },
      },
    });
    try {
      await watchHeldLog(session, SLOT, stop.signal);
    } finally {
      session.close();
    }
    expect(held.map((bytes) => bytes > 1_000_000)).toEqual([true, true, false, true]);
    expect(warnings).toEqual(
      [0, 1].map(() =>
        expect.stringMatching(
          /^The server keeps \S+ MB of its log for "public\.t" \(slot "kept_back"\), more than the \S+ MB of "wal_held_max"\.$/,
        ),
      ),
    );
  },
);
