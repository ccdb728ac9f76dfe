import { DuckDBInstance } from '@duckdb/node-api';

/** DuckDB alone turns the NDJSON file of orders into Parquet: no log, no validation. Milliseconds. */
export async function ndjsonToParquetMs(file: string, out: string): Promise<number> {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  const columns = `{id: 'BIGINT', customer: 'BIGINT', city: 'VARCHAR', state: 'VARCHAR', amount: 'DECIMAL(12,2)', weight: 'DOUBLE',
    express: 'BOOLEAN', ordered_on: 'DATE', changed_at: 'TIMESTAMPTZ', items: 'BIGINT', note: 'VARCHAR', reference: 'VARCHAR'}`;
  const started = performance.now();
  await connection.run(
    `copy (select * from read_json('${file}', format = 'newline_delimited', columns = ${columns})) to '${out}' (format parquet)`,
  );
  return performance.now() - started;
}
