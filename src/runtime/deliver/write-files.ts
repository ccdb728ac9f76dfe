/** A SELECT's rows as files of a folder of their own. */
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { randomName } from '../../base/random.ts';
import type { Engine, EngineResult } from '../../engine/engine.ts';
import type { DeliveredFile, DeliveredFiles, DeliveryFormat, WriteRequest } from '../../kit/delivery.ts';
import type { Field } from '../../schema/field.ts';
import { rowJsonSql } from '../../schema/json-form.ts';
import { sqlName, sqlText } from '../../schema/sql-type.ts';
import { valueTextSql } from '../../store/value-text-sql.ts';
import type { DeliverySelect } from './delivery-sql.ts';

/** A state of many millions of rows takes a while. */
const WRITE_DEADLINE_MS = 3_600_000;

export interface WriteFilesOptions {
  readonly engine: Engine;
  readonly rows: DeliverySelect;
  /** The columns of the SELECT, in their order. */
  readonly fields: readonly Field[];
  readonly request: WriteRequest;
  /** Made and removed here, below this one. */
  readonly temporaryFolder: string;
}

export async function writeFiles(options: WriteFilesOptions): Promise<DeliveredFiles> {
  const { engine, rows, request } = options;
  const folder = path.join(options.temporaryFolder, `delivery-${randomName()}`);
  const release = () => rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  try {
    const run = { deadlineMs: WRITE_DEADLINE_MS, ...(request.signal ? { signal: request.signal } : {}) };
    const written = await engine.run([...rows.setup, copySql(options, folder)], run);
    const counts = countsOf(written, folder, request);
    return { files: await filesIn(folder, counts.byFile), rows: counts.rows, release };
  } catch (error) {
    await release();
    throw error;
  }
}

function copySql({ rows, fields, request }: WriteFilesOptions, folder: string): string {
  const { format, partitionBy = [] } = request;
  const rest = fields.filter((field) => !partitionBy.includes(field.name));
  const partitions = fields.filter((field) => partitionBy.includes(field.name));
  const select = formSelect(format, rows.select, rest, partitions);
  const target = partitions.length === 0 ? path.join(folder, `part-0.${format}`) : folder;
  const options = [
    ...FORM_OPTIONS[format],
    ...(partitions.length === 0
      ? []
      : [
          `PARTITION_BY (${partitionBy.map(sqlName).join(', ')})`,
          `FILENAME_PATTERN 'part-{i}'`,
          `FILE_EXTENSION '${format}'`,
          'OVERWRITE_OR_IGNORE true',
        ]),
  ];
  return `COPY (${select}) TO ${sqlText(target)} (${options.join(', ')})`;
}

const FORM_OPTIONS: Readonly<Record<DeliveryFormat, readonly string[]>> = {
  parquet: ['FORMAT parquet', 'COMPRESSION zstd', 'RETURN_STATS true'],
  csv: ['FORMAT csv', 'HEADER true'],
  // No JSON text holds a control character, so a line is what it holds.
  ndjson: ['FORMAT csv', 'HEADER false', `QUOTE ''`, `ESCAPE ''`, `DELIMITER '\x01'`],
};

function formSelect(
  format: DeliveryFormat,
  select: string,
  rest: readonly Field[],
  partitions: readonly Field[],
): string {
  const folders = partitions.map((field) => `, ${valueTextSql(field)} as ${sqlName(field.name)}`).join('');
  const names = rest.map(({ name }) => sqlName(name)).join(', ');
  switch (format) {
    case 'parquet':
      return `select ${names}${folders} from (${select})`;
    case 'csv': {
      const cells = rest.map((field) => `${valueTextSql(field)} as ${sqlName(field.name)}`);
      return `select ${cells.join(', ')}${folders} from (${select})`;
    }
    case 'ndjson':
      return `select ${rowJsonSql(rest)} as _line${folders} from (${select})`;
  }
}

interface Counts {
  readonly rows: number;
  /** By the name below the folder. */
  readonly byFile: ReadonlyMap<string, number>;
}

/** Of Parquet files the engine tells the rows of each, of the others those of all together. */
function countsOf(written: EngineResult, folder: string, request: WriteRequest): Counts {
  if (request.format === 'parquet') {
    const byFile = new Map(
      written.rows.map(([file, count]) => [path.relative(folder, String(file)), Number(count)] as const),
    );
    return { rows: [...byFile.values()].reduce((sum, count) => sum + count, 0), byFile };
  }
  const rows = Number(written.rows[0]?.[0] ?? 0);
  const isOneFile = (request.partitionBy ?? []).length === 0;
  return { rows, byFile: new Map(isOneFile ? [[`part-0.${request.format}`, rows]] : []) };
}

async function filesIn(folder: string, rows: ReadonlyMap<string, number>): Promise<DeliveredFile[]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  const names = found
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)));
  return Promise.all(
    names.sort().map(async (name) => {
      const file = path.join(folder, name);
      const { size: bytes } = await stat(file);
      return { path: file, name: name.replaceAll(path.sep, '/'), bytes, rows: rows.get(name) };
    }),
  );
}
