/** Reads tables of a test's own server by the input, without a platform around it. */
import {
  type Collected,
  type CollectOptions,
  collect,
  type SourceAtRest,
} from '../../../../test/conformance/inputs.ts';
import type { PostgresServer } from '../../../../test/support/postgres-server.ts';
import type { NamedConnection } from '../../../kit/connection.ts';
import type { Field } from '../../../schema/field.ts';
import { postgresInput } from '../postgres-input.ts';

export function testConnection(server: PostgresServer): NamedConnection {
  const { port, user } = server;
  const options = {
    host: '127.0.0.1',
    port,
    database: 'postgres',
    user,
    password: server.password,
    tls: 'off',
  };
  return { name: 'shop', type: 'postgres', options };
}

export interface TestTable {
  readonly table: string;
  readonly fields: readonly Field[];
  readonly key: readonly string[];
  readonly options?: Readonly<Record<string, unknown>>;
  readonly row?: (key: readonly string[]) => Promise<string | undefined>;
  readonly warn?: (message: string) => void;
  readonly keepsExtra?: boolean;
}

export function contextOf(server: PostgresServer, test: TestTable): SourceAtRest['context'] {
  return {
    options: { connection: 'shop', table: test.table, parallel: 1, ...test.options },
    connection: testConnection(server),
    baseFolder: '/',
    fields: test.fields,
    key: test.key,
    keepsExtra: test.keepsExtra ?? false,
    ...(test.row ? { row: test.row } : {}),
    ...(test.warn ? { warn: test.warn } : {}),
  };
}

/** Until all that is there now has been read. */
export function readNow(
  server: PostgresServer,
  test: TestTable,
  options?: CollectOptions,
): Promise<Collected> {
  return collect(postgresInput, contextOf(server, test), options);
}

/** Each record as `+{...}` or `-{...}`. */
export function changesOf({ batches }: Collected): string[] {
  return batches.flatMap(({ bytes, deletes = [] }) =>
    Buffer.from(bytes)
      .toString()
      .split('\n')
      .filter((line) => line !== '')
      .map((line, i) => (deletes.includes(i) ? '-' : '+') + line),
  );
}
