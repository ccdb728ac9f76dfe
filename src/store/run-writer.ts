/** Writes runs by the engine. */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { present } from '../base/assert.ts';
import type { Engine, RunOptions } from '../engine/engine.ts';
import { SMALL_BYTES_MAX } from '../engine/limits.ts';
import type { Dataset } from '../schema/field.ts';
import { loadRowsSql } from '../schema/load-sql.ts';
import { shownColumnsSql } from '../schema/reduce-sql.ts';
import { sqlText } from '../schema/sql-type.ts';
import { ROW_GROUP_VALUES_MAX, SCAN_ROW_GROUP_ROWS, STATE_ROW_GROUP_ROWS } from './limits.ts';
import { columnNames, keyNames, storedColumns } from './source-sql.ts';
import type { StagedDataset } from './stage-blocks.ts';

const HISTORY_ROW_GROUP_ROWS = 122_880;
/** The engine takes as many rows at a time; groups are multiples of them. */
const VECTOR_ROWS = 2_048;

/** Loads a staged file as history rows, in the order of their positions; returns how many. */
export function copyStaged(
  engine: Engine,
  dataset: Dataset,
  staged: StagedDataset,
  file: string,
  deadlineMs: number,
): Promise<number> {
  const rows = loadRowsSql(dataset, staged.path, staged.lineBytesMax);
  const small = staged.rows * staged.lineBytesMax <= SMALL_BYTES_MAX;
  const groupRows = groupRowsOf(storedColumns(dataset).length, HISTORY_ROW_GROUP_ROWS);
  return copy(engine, copySql(rows, file, groupRows, 'snappy'), { deadlineMs, small });
}

/** Copies history rows of so many columns, in the order in which the SELECT gives them; returns how many. */
export function copyHistory(
  engine: Engine,
  history: { readonly select: string; readonly columns: number },
  file: string,
  options: { readonly deadlineMs: number; readonly small?: boolean },
): Promise<number> {
  const groupRows = groupRowsOf(history.columns, HISTORY_ROW_GROUP_ROWS);
  return copy(engine, copySql(history.select, file, groupRows, 'zstd'), options);
}

/**
 * Copies state rows, sorted by key; a complete state holds what is shown, so it leaves out what was deleted. Returns how
 * many rows it has.
 */
export function copyState(
  engine: Engine,
  options: {
    dataset: Dataset;
    select: string;
    complete: boolean;
    forScans: boolean;
    file: string;
    deadlineMs: number;
  },
): Promise<number> {
  const { dataset, select, complete, forScans, file, deadlineMs } = options;
  const marks = complete ? '_position, false AS _reset, false AS _deleted' : '_position, _reset, _deleted';
  const columns = complete ? shownColumnsSql(dataset) : columnNames(dataset);
  const rows = `SELECT ${marks}, ${columns} FROM (${select})${complete ? ' WHERE NOT _deleted' : ''}`;
  const sorted = `${rows} ORDER BY ${keyNames(dataset)}`;
  const groupRowsMax = forScans ? SCAN_ROW_GROUP_ROWS : STATE_ROW_GROUP_ROWS;
  const groupRows = groupRowsOf(storedColumns(dataset).length, groupRowsMax);
  return copy(engine, copySql(sorted, file, groupRows, 'snappy'), { deadlineMs });
}

/** Who writes a group of rows holds it whole, and so does who reads whole rows of it: wide ones come in smaller groups. */
function groupRowsOf(columns: number, rowsMax: number): number {
  const rows = ROW_GROUP_VALUES_MAX / columns;
  return Math.min(rowsMax, Math.max(1, Math.floor(rows / VECTOR_ROWS)) * VECTOR_ROWS);
}

export async function makeFolderFor(file: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
}

async function copy(engine: Engine, sql: string, options: RunOptions): Promise<number> {
  const result = await engine.run(sql, options);
  return Number(present(result.rows[0]?.[0], 'a copy says how many rows it wrote'));
}

/** Version 2 of the format writes numbers and texts as differences to those before: smaller files, read in about half the time. */
function copySql(select: string, file: string, rowGroupRows: number, compression: 'snappy' | 'zstd'): string {
  return `COPY (${select}) TO ${sqlText(file)} (FORMAT parquet, PARQUET_VERSION v2, COMPRESSION ${compression}, ROW_GROUP_SIZE ${rowGroupRows})`;
}
