/** Values between DuckDB and messages, without rounding any. */
import {
  BIGINT,
  DOUBLE,
  type DuckDBDataChunk,
  type DuckDBMaterializedResult,
  type DuckDBPreparedStatement,
  type DuckDBValue,
  DuckDBVarCharVector,
  HUGEINT,
} from '@duckdb/node-api';
import { WharfError } from '../../base/errors.ts';
import type { EngineResult, EngineValue } from '../engine.ts';
import { ENGINE_ANSWER_BYTES_MAX, ENGINE_ROWS_MAX } from '../limits.ts';
import { isValid, stringAt } from './vector-access.ts';

/**
 * Binds $1, $2, ... . Whole numbers are bound as BIGINT: compared with a DOUBLE, a column would be cast row by row, and
 * the statistics of Parquet files would be of no use.
 */
export function bindParameters(statement: DuckDBPreparedStatement, params: readonly EngineValue[]): void {
  params.forEach((value, i) => {
    if (typeof value === 'bigint') {
      statement.bindValue(i + 1, value, BigInt.asIntN(64, value) === value ? BIGINT : HUGEINT);
    } else if (typeof value === 'number') {
      if (Number.isSafeInteger(value) && !Object.is(value, -0))
        statement.bindValue(i + 1, BigInt(value), BIGINT);
      else statement.bindValue(i + 1, value, DOUBLE);
    } else if (value === null) statement.bindNull(i + 1);
    else statement.bindValue(i + 1, value);
  });
}

/** All rows of a result. Throws ENGINE_ANSWER_TOO_LARGE. */
export async function readResult(result: DuckDBMaterializedResult): Promise<EngineResult> {
  const columns = result.columnNames();
  if (result.rowCount > ENGINE_ROWS_MAX)
    throw tooLarge(`${result.rowCount} rows, more than ${ENGINE_ROWS_MAX}`);
  const rows: EngineValue[][] = [];
  let bytes = 0;
  while (rows.length < result.rowCount) {
    const chunk = await result.fetchChunk();
    if (!chunk || chunk.rowCount === 0) break;
    bytes += readChunk(chunk, rows);
    if (bytes > ENGINE_ANSWER_BYTES_MAX) throw tooLarge(`more than ${ENGINE_ANSWER_BYTES_MAX} bytes`);
  }
  return { columns, rows };
}

function tooLarge(size: string): WharfError {
  return new WharfError('ENGINE_ANSWER_TOO_LARGE', `A statement answered ${size}.`);
}

/** Appends the chunk's rows; returns about how many bytes they take in a message. */
function readChunk(chunk: DuckDBDataChunk, rows: EngineValue[][]): number {
  const base = rows.length;
  let bytes = 0;
  for (let row = 0; row < chunk.rowCount; row++) rows.push([]);
  for (let column = 0; column < chunk.columnCount; column++) {
    const vector = chunk.getColumnVector(column);
    const textual = vector instanceof DuckDBVarCharVector;
    for (let row = 0; row < chunk.rowCount; row++) {
      const value = textual ? textAt(vector, row) : exactValue(vector.getItem(row));
      bytes += typeof value === 'string' ? value.length + 5 : 9;
      rows[base + row]?.push(value);
    }
  }
  return bytes;
}

function textAt(vector: DuckDBVarCharVector, row: number): string | null {
  return isValid(vector, row) ? stringAt(vector, row) : null;
}

/** Types that no JavaScript value holds exactly come as the engine's text of them. */
function exactValue(value: DuckDBValue): EngineValue {
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'bigint':
    case 'boolean':
      return value;
    default:
      return value === null ? null : String(value);
  }
}
