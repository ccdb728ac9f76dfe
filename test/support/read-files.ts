/** The rows of a product's files, brought to the values of `parseExact` by readers that share no code with Wharf. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import {
  DuckDBBlobValue,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBInstance,
  DuckDBListValue,
  DuckDBStructValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  DuckDBTimeValue,
} from '@duckdb/node-api';
import { microsText } from './arrow-rows.ts';
import { canonicalNumber, parseExact } from './read-ports.ts';

/** Throws unless the file is that of the position. */
export async function fileBytes(url: string, product: string, file: string, at: number): Promise<Uint8Array> {
  const response = await fetch(`${url}/p/${product}/files/${file}?at=${at}&formulas=raw`);
  if (!response.ok) throw new Error(`${file} answered ${response.status}: ${await response.text()}`);
  if (Number(response.headers.get('Wharf-Position')) !== at)
    throw new Error(`${file} answered at another position`);
  return new Uint8Array(await response.arrayBuffer());
}

/** What cells of a CSV file hold: how to read those that are not text. */
export type CellKinds = Readonly<Record<string, 'number' | 'json' | 'boolean'>>;

export function valuesOfCells(
  rows: readonly Readonly<Record<string, string | null>>[],
  kinds: CellKinds,
): Record<string, unknown>[] {
  const valueIn = (name: string, cell: string | null) => {
    if (cell === null) return null;
    if (kinds[name] === 'number') return canonicalNumber(cell);
    if (kinds[name] === 'boolean') return cell === 'true';
    return kinds[name] === 'json' ? parseExact(cell) : cell;
  };
  return rows.map((row) =>
    Object.fromEntries(Object.entries(row).map(([name, cell]) => [name, valueIn(name, cell)])),
  );
}

/** Reads Parquet with DuckDB of its own. */
export class ParquetReader {
  readonly #folder: string;
  readonly #instance: DuckDBInstance;
  #files = 0;

  private constructor(folder: string, instance: DuckDBInstance) {
    this.#folder = folder;
    this.#instance = instance;
  }

  /** Keeps files in the folder while it reads them. */
  static async open(folder: string): Promise<ParquetReader> {
    const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
    return new ParquetReader(folder, instance);
  }

  /** `json` names the columns that hold JSON text. */
  async rows(bytes: Uint8Array, json: readonly string[] = []): Promise<Record<string, unknown>[]> {
    const file = path.join(this.#folder, `${++this.#files}.parquet`);
    await writeFile(file, bytes);
    const connection = await this.#instance.connect();
    try {
      const read = await connection.runAndReadAll(`SELECT * FROM '${file}'`);
      return read
        .getRowObjects()
        .map((row) =>
          Object.fromEntries(
            Object.entries(row).map(([name, value]) => [
              name,
              typeof value === 'string' && json.includes(name) ? parseExact(value) : exact(value),
            ]),
          ),
        );
    } finally {
      connection.closeSync();
    }
  }
}

function exact(value: unknown): unknown {
  if (typeof value === 'bigint' || value instanceof DuckDBDecimalValue)
    return canonicalNumber(value.toString());
  if (typeof value === 'number') return canonicalNumber(Object.is(value, -0) ? '-0' : String(value));
  if (value instanceof DuckDBDateValue) return value.toString();
  if (value instanceof DuckDBTimestampTZValue) return `${microsText(value.micros)}Z`;
  if (value instanceof DuckDBTimestampValue) return microsText(value.micros);
  if (value instanceof DuckDBTimeValue) return microsText(value.micros).slice('1970-01-01T'.length);
  if (value instanceof DuckDBBlobValue) return Buffer.from(value.bytes).toString('base64');
  if (value instanceof DuckDBListValue) return value.items.map(exact);
  if (value instanceof DuckDBStructValue)
    return Object.fromEntries(Object.entries(value.entries).map(([name, v]) => [name, exact(v)]));
  return value;
}
