import { describe, expect, test } from 'vitest';
import { PostgresServer, postgresMissing } from './postgres-server.ts';

describe.skipIf(postgresMissing)('the Postgres of the tests', () => {
  test('replicates logically, and keeps its rows over a stop and a crash', async () => {
    const server = await PostgresServer.start();
    await server.query('create table t (a int); insert into t values (1)');
    expect(await server.query('show wal_level')).toEqual([{ wal_level: 'logical' }]);
    for (const how of ['SIGINT', 'SIGKILL'] as const) {
      await server.stop(how);
      await server.startAgain();
      expect(await server.query('select a from t')).toEqual([{ a: 1 }]);
    }
  });
});
