/** Parameters come as text, lists as JSON; each is read as the type that the statement, or else its caller, gives it. */
import { BIGINT, type DuckDBConnection, type DuckDBPreparedStatement } from '@duckdb/node-api';
import { present } from '../../base/assert.ts';
import type { GuestParam } from '../guest-messages.ts';

const WHOLE = /^[+-]?\d{1,18}$/;
const WHOLE_TYPES: ReadonlySet<string> = new Set(['BIGINT', 'INTEGER', 'SMALLINT', 'TINYINT']);
/** A type's name as it may stand in a statement of ours. */
const PLAIN_TYPE = /^[A-Za-z0-9 ]+(\(\d+(,\s*\d+)?\))?(\[\])*$/;

export async function bindGuestParams(
  connection: DuckDBConnection,
  prepared: DuckDBPreparedStatement,
  types: readonly string[],
  params: readonly GuestParam[],
): Promise<void> {
  for (const [i, wanted] of types.entries()) {
    const param = params[i];
    const { text } = present(param, 'each parameter has a value');
    const type = wanted === 'VARCHAR' ? (param?.type ?? wanted) : wanted;
    if (text === null) prepared.bindNull(i + 1);
    else if (WHOLE_TYPES.has(type) && WHOLE.test(text)) prepared.bindValue(i + 1, BigInt(text), BIGINT);
    else if (type === 'VARCHAR' || !PLAIN_TYPE.test(type)) prepared.bindVarchar(i + 1, text);
    else await bindCast(connection, prepared, i + 1, type, text);
  }
}

async function bindCast(
  connection: DuckDBConnection,
  prepared: DuckDBPreparedStatement,
  index: number,
  type: string,
  text: string,
): Promise<void> {
  const from = type.endsWith('[]') ? 'json' : 'varchar';
  const cast = await connection.prepare(`select cast($1::${from} as ${type})`);
  cast.bindVarchar(1, text);
  const result = await cast.run();
  const [row] = await result.getRows();
  prepared.bindValue(index, present(row, 'a cast gives one row')[0] ?? null, result.columnType(0));
  cast.destroySync();
}
