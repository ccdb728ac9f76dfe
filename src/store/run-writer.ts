/** Writes runs by the engine. */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { present } from '../base/assert.ts';
import type { Engine } from '../engine/engine.ts';
import type { Dataset } from '../schema/field.ts';
import { loadRowsSql } from '../schema/load-sql.ts';
import { shownColumnsSql } from '../schema/reduce-sql.ts';
import { sqlText } from '../schema/sql-type.ts';
import { columnNames, keyNames } from './source-sql.ts';
import type { StagedDataset } from './stage-blocks.ts';

/** A look-up by key reads a whole group. Groups of three times this are scanned in up to half the time, and cost 150 to 250 MB more of memory over 5,000,000 records. */
const STATE_ROW_GROUP_ROWS = 20_480;
const HISTORY_ROW_GROUP_ROWS = 122_880;

/** Loads a staged file as history rows, in the order of their positions; returns how many. */
export function copyStaged(
  engine: Engine,
  dataset: Dataset,
  staged: StagedDataset,
  file: string,
  deadlineMs: number,
): Promise<number> {
  const rows = loadRowsSql(dataset, staged.path, staged.lineBytesMax);
  return copy(engine, copySql(rows, file, HISTORY_ROW_GROUP_ROWS, 'snappy'), deadlineMs);
}

/** Copies history rows, in the order in which the SELECT gives them; returns how many. */
export function copyHistory(
  engine: Engine,
  select: string,
  file: string,
  deadlineMs: number,
): Promise<number> {
  return copy(engine, copySql(select, file, HISTORY_ROW_GROUP_ROWS, 'zstd'), deadlineMs);
}

/**
 * Copies state rows, sorted by key; a complete state holds what is shown, so it leaves out what was deleted. Returns how
 * many rows it has.
 */
export function copyState(
  engine: Engine,
  options: { dataset: Dataset; select: string; complete: boolean; file: string; deadlineMs: number },
): Promise<number> {
  const { dataset, select, complete, file, deadlineMs } = options;
  const marks = complete ? '_position, false AS _reset, false AS _deleted' : '_position, _reset, _deleted';
  const columns = complete ? shownColumnsSql(dataset) : columnNames(dataset);
  const rows = `SELECT ${marks}, ${columns} FROM (${select})${complete ? ' WHERE NOT _deleted' : ''}`;
  const sorted = `${rows} ORDER BY ${keyNames(dataset)}`;
  return copy(engine, copySql(sorted, file, STATE_ROW_GROUP_ROWS, 'snappy'), deadlineMs);
}

export async function makeFolderFor(file: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
}

async function copy(engine: Engine, sql: string, deadlineMs: number): Promise<number> {
  const result = await engine.run(sql, { deadlineMs });
  return Number(present(result.rows[0]?.[0], 'a copy says how many rows it wrote'));
}

/** Version 2 of the format writes numbers and texts as differences to those before: smaller files, read in about half the time. */
function copySql(select: string, file: string, rowGroupRows: number, compression: 'snappy' | 'zstd'): string {
  return `COPY (${select}) TO ${sqlText(file)} (FORMAT parquet, PARQUET_VERSION v2, COMPRESSION ${compression}, ROW_GROUP_SIZE ${rowGroupRows})`;
}
