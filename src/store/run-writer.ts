/** Writes runs by the engine, and makes them durable. */
import { mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { present } from '../base/assert.ts';
import { fileChecksum, syncFile } from '../base/files.ts';
import type { Engine } from '../engine/engine.ts';
import type { Dataset } from '../schema/field.ts';
import { loadRowsSql } from '../schema/load-sql.ts';
import { reduceRowsSql, shownColumnsSql } from '../schema/reduce-sql.ts';
import { sqlText } from '../schema/sql-type.ts';
import { columnNames, historySql, keyNames, recordsAsStateSql, storedColumns } from './source-sql.ts';

/** What a file turned out to be; the rest of a run is known before it is written. */
export interface WrittenFile {
  readonly rows: number;
  readonly bytes: number;
  readonly crc: number;
}

/** Small enough that a look-up by key reads little, large enough that a scan does not notice. */
const STATE_ROW_GROUP_ROWS = 20_480;
const HISTORY_ROW_GROUP_ROWS = 122_880;

/** Loads a staged file as history rows, in the order of their positions. */
export async function copyStaged(
  engine: Engine,
  dataset: Dataset,
  staged: string,
  file: string,
  deadlineMs: number,
): Promise<void> {
  await engine.run(copySql(loadRowsSql(dataset, staged), file, HISTORY_ROW_GROUP_ROWS, 'snappy'), {
    deadlineMs,
  });
}

/** Copies history rows, in the order in which the SELECT gives them. */
export async function copyHistory(
  engine: Engine,
  select: string,
  file: string,
  deadlineMs: number,
): Promise<void> {
  await engine.run(copySql(select, file, HISTORY_ROW_GROUP_ROWS, 'zstd'), { deadlineMs });
}

/** Copies state rows, sorted by key; a complete state holds what is shown, so it leaves out what was deleted. */
export async function copyState(
  engine: Engine,
  options: { dataset: Dataset; select: string; complete: boolean; file: string; deadlineMs: number },
): Promise<void> {
  const { dataset, select, complete, file, deadlineMs } = options;
  const marks = complete ? '_position, false AS _reset, false AS _deleted' : '_position, _reset, _deleted';
  const columns = complete ? shownColumnsSql(dataset) : columnNames(dataset);
  const rows = `SELECT ${marks}, ${columns} FROM (${select})${complete ? ' WHERE NOT _deleted' : ''}`;
  await engine.run(copySql(`${rows} ORDER BY ${keyNames(dataset)}`, file, STATE_ROW_GROUP_ROWS, 'snappy'), {
    deadlineMs,
  });
}

/** State rows of one history file. */
export function stateOfHistorySql(dataset: Dataset, file: string): string {
  const columns = storedColumns(dataset);
  return reduceRowsSql(
    dataset,
    recordsAsStateSql(dataset, historySql(columns, [{ path: file, schema: columns }])),
  );
}

/** Makes a written file durable and says what it is. */
export async function sealFile(engine: Engine, file: string): Promise<WrittenFile> {
  await syncFile(file);
  const counted = await engine.run(`SELECT num_rows FROM parquet_file_metadata(${sqlText(file)})`);
  const rows = Number(present(counted.rows[0]?.[0], 'a Parquet file says how many rows it has'));
  return { rows, bytes: (await stat(file)).size, crc: await fileChecksum(file) };
}

export async function makeFolderFor(file: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
}

function copySql(select: string, file: string, rowGroupRows: number, compression: 'snappy' | 'zstd'): string {
  return `COPY (${select}) TO ${sqlText(file)} (FORMAT parquet, COMPRESSION ${compression}, ROW_GROUP_SIZE ${rowGroupRows})`;
}
