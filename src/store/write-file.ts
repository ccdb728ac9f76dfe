/** A snapshot as a file, written by the engine, whose memory stays flat. */
import { columnsOf, type Dataset } from '../schema/field.ts';
import { mayHoldFormula } from '../schema/formula-text.ts';
import { rowJsonSql } from '../schema/json-form.ts';
import type { Lens } from '../schema/lens.ts';
import { sqlName, sqlText } from '../schema/sql-type.ts';
import { copyLinesSql } from './copy-lines.ts';
import { openRelation, seenThrough, withRelation } from './snapshot.ts';
import type { StreamStore } from './stream-store.ts';
import { valueTextSql } from './value-text-sql.ts';

export interface SnapshotFileOptions {
  readonly position: number;
  readonly format: 'parquet' | 'csv' | 'ndjson' | 'json' | 'arrow';
  /** CSV: an apostrophe before text that a spreadsheet would run. */
  readonly defuseFormulas: boolean;
  readonly file: string;
  readonly lens?: Lens | undefined;
  readonly signal?: AbortSignal;
}

/** Throws as `openRelation`, ENGINE_DISK_FULL, ENGINE_DEADLINE, and the signal's reason. */
export async function writeSnapshotFile(
  store: StreamStore,
  dataset: Dataset,
  options: SnapshotFileOptions,
): Promise<void> {
  const { reader, limits } = store.context;
  const run = { deadlineMs: limits.writeDeadlineMs, ...(options.signal ? { signal: options.signal } : {}) };
  const whole = await openRelation(store, dataset, options.position);
  await withRelation(seenThrough(dataset, whole, options.lens), async (relation) => {
    if (options.format === 'arrow') await reader.writeArrow(relation, options.file, run);
    else await reader.run(fileSql(dataset, relation, { ...options, format: options.format }), run);
  });
}

function fileSql(
  dataset: Dataset,
  relation: string,
  options: { format: 'parquet' | 'csv' | 'ndjson' | 'json'; defuseFormulas: boolean; file: string },
): string {
  const row = rowJsonSql(columnsOf(dataset));
  switch (options.format) {
    case 'parquet':
      return `COPY (${relation}) TO ${sqlText(options.file)} (FORMAT parquet, COMPRESSION zstd)`;
    case 'csv':
      return `COPY (${csvSql(dataset, relation, options.defuseFormulas)}) TO ${sqlText(options.file)} (FORMAT csv, HEADER true)`;
    case 'ndjson':
      return copyLinesSql(`SELECT ${row} FROM (${relation})`, options.file);
    case 'json':
      return copyLinesSql(jsonArraySql(row, relation), options.file);
  }
}

/** One array: `[` and `]` on lines of their own, and a comma before each row but the first. */
function jsonArraySql(row: string, relation: string): string {
  const rows = `SELECT CASE WHEN row_number() OVER () = 1 THEN '' ELSE ',' END || ${row} FROM (${relation})`;
  return `SELECT '[' UNION ALL ${rows} UNION ALL SELECT ']'`;
}

/** Cells hold the text forms of the values: as in the JSON form, without the quotes of text. */
function csvSql(dataset: Dataset, relation: string, defuse: boolean): string {
  const cells = columnsOf(dataset).map((field) => {
    const cell = valueTextSql(field);
    return `${defuse && mayHoldFormula(field) ? defusedSql(cell) : cell} AS ${sqlName(field.name)}`;
  });
  return `SELECT ${cells.join(', ')} FROM (${relation})`;
}

/** As `defusedText` of formula-text.ts. */
function defusedSql(cell: string): string {
  return `CASE WHEN regexp_matches(${cell}, '^''*[=+\\-@\\t\\r]') THEN '''' || ${cell} ELSE ${cell} END`;
}
