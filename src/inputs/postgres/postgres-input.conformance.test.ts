import { beforeAll, describe } from 'vitest';
import { describePullInput } from '../../../test/conformance/inputs.ts';
import { PostgresServer, postgresMissing } from '../../../test/support/postgres-server.ts';
import { postgresInput } from './postgres-input.ts';
import { contextOf } from './test-support/test-source.ts';

const ROWS = 4_000;
const PADDING = 'x'.repeat(200);

describe.skipIf(postgresMissing)('postgres', () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await PostgresServer.start();
  });

  describePullInput('a table', postgresInput, async () => {
    await server.query(
      `create table t (n int primary key, t text); insert into t select n, n || '${PADDING}' from generate_series(0, ${ROWS - 1}) n`,
    );
    const fields = [{ name: 'n', type: 'integer' } as const, { name: 't', type: 'string' } as const];
    return {
      context: contextOf(server, { table: 't', fields, key: ['n'] }),
      records: Array.from({ length: ROWS }, (_, n) => `{"n":${n},"t":"${n}${PADDING}"}`),
      remove: async () => {
        await server.query(
          'select pg_terminate_backend(active_pid) from pg_replication_slots where active; select pg_sleep(0.2)',
        );
        await server.query(
          'select pg_drop_replication_slot(slot_name) from pg_replication_slots; drop table t',
        );
      },
    };
  });
});
