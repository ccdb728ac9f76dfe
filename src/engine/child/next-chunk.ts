import { type DuckDBDataChunk, type DuckDBResult, ResultReturnType } from '@duckdb/node-api';

/**
 * The next rows of a streamed result; undefined at its end. DuckDB's client interface gives the end of a stream for one that failed, was
 * interrupted, or lost its connection to another statement half way, too; it tells them apart only in that such a result has no type any more.
 * Then `raise` is asked to tell why.
 */
export async function nextChunk(
  result: DuckDBResult,
  raise: () => Promise<never>,
): Promise<DuckDBDataChunk | undefined> {
  const chunk = await result.fetchChunk();
  if (chunk && chunk.rowCount > 0) return chunk;
  return result.returnType === ResultReturnType.QUERY_RESULT ? undefined : raise();
}
