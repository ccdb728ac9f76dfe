/** What a consumer's query gives, and what it takes. */
import type { DuckDBConnection, DuckDBPreparedStatement, DuckDBType } from '@duckdb/node-api';
import { WharfError } from '../../base/errors.ts';
import '../errors.ts';
import type { GuestDescription } from '../guest-messages.ts';
import { typeName } from './type-name.ts';

export interface PreparedQuery {
  readonly connection: DuckDBConnection;
  readonly sql: string;
  readonly description: GuestDescription;
  readonly types: readonly DuckDBType[];
  /** The types are those that it gives for texts as parameters: the engine tells none before it has values. */
  readonly isTried: boolean;
  /** Kept for the next time that the same statement comes; undefined once its rows were not read to their end. */
  statement: DuckDBPreparedStatement | undefined;
}

/** What any number, boolean or text may be read from. */
const TRIED_VALUE = '0';

/** Throws SQL_FAILED where a parameter could be of any type. */
export async function describeStatement(connection: DuckDBConnection, sql: string): Promise<PreparedQuery> {
  const statement = await connection.prepare(sql);
  const params = Array.from({ length: statement.parameterCount }, (_, i) => parameterType(statement, i + 1));
  const told = toldColumns(statement);
  const found = told ?? (await triedColumns(connection, sql, params.length));
  const columns = found.map(({ name, type }) => ({ name, type: typeName(type) }));
  const types = found.map(({ type }) => type);
  return {
    ...{ connection, sql, types, description: { columns, params } },
    isTried: told === undefined,
    statement,
  };
}

/** Throws SQL_FAILED when the answer has other types than its description. */
export function refuseOtherTypes(query: PreparedQuery, given: readonly DuckDBType[]): void {
  if (query.isTried && query.types.some((type, i) => typeName(type) !== typeName(given[i] ?? type)))
    throw unclear(undefined);
}

interface Column {
  readonly name: string;
  readonly type: DuckDBType;
}

/** Undefined where the types follow from values. */
function toldColumns(statement: DuckDBPreparedStatement): readonly Column[] | undefined {
  try {
    return Array.from({ length: statement.columnCount }, (_, i) => ({
      name: statement.columnName(i),
      type: statement.columnType(i),
    }));
  } catch {
    return undefined;
  }
}

async function triedColumns(
  connection: DuckDBConnection,
  sql: string,
  params: number,
): Promise<readonly Column[]> {
  const statement = await connection.prepare(`select * from (\n${sql}\n) limit 0`);
  try {
    for (let i = 1; i <= params; i++) statement.bindVarchar(i, TRIED_VALUE);
    const result = await statement.run();
    return result.columnNames().map((name, i) => ({ name, type: result.columnType(i) }));
  } catch (cause) {
    throw unclear(cause);
  } finally {
    statement.destroySync();
  }
}

function unclear(cause: unknown): WharfError {
  return new WharfError('SQL_FAILED', 'The type of a parameter cannot be told from the statement.', {
    hint: 'Say it where the parameter stands: $1::bigint, $1::text[].',
    details: { sqlState: '42P18' },
    ...(cause === undefined ? {} : { cause }),
  });
}

function parameterType(statement: DuckDBPreparedStatement, index: number): string {
  try {
    const name = typeName(statement.parameterType(index));
    return /^(INVALID|ANY|UNKNOWN|SQLNULL|"?NULL"?)$/i.test(name) ? 'VARCHAR' : name;
  } catch {
    // The engine has no type for it until a value is bound.
    return 'VARCHAR';
  }
}
