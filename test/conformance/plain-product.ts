/**
 * A product of a few fields that is made up in memory, as destinations are given it. What it holds at each position is worked out
 * here, with none of the code that delivers it.
 */
import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { randomName } from '../../src/base/random.ts';
import type {
  DeliveredChanges,
  DeliveredFiles,
  DeliveredState,
  DeliveryMode,
  DeliveryShape,
  WriteRequest,
} from '../../src/kit/delivery.ts';
import type { ProductDescription } from '../../src/kit/reader.ts';

/** By column; numbers as their texts. */
export type Row = Readonly<Record<string, string | null>>;

export interface PlainRecord {
  readonly position: number;
  readonly op: 'upsert' | 'delete';
  readonly row: Row;
}

const FIELDS = [
  { name: 'id', type: 'integer', required: true },
  { name: 'name', type: 'string' },
] as const;
const TIME = '2026-01-31T10:00:00Z';

export class PlainProduct {
  readonly records: readonly PlainRecord[];
  readonly #folder: string;
  /** Further columns, which are null in every row. */
  readonly #more: readonly string[];

  constructor(folder: string, records: readonly PlainRecord[], more: readonly string[] = []) {
    this.#folder = folder;
    this.records = records;
    this.#more = more;
  }

  get head(): number {
    return this.records.length;
  }

  get columns(): readonly string[] {
    return [...FIELDS.map(({ name }) => name), ...this.#more];
  }

  description(): ProductDescription {
    const { dataset } = this.shape('state');
    return {
      id: 'test.items@1',
      name: 'test.items',
      version: '1.0.0',
      major: 1,
      title: 'Items',
      purpose: 'To be tested.',
      doc: undefined,
      owner: 'test',
      status: 'active',
      tier: 'silver',
      alignment: 'source',
      datasets: [dataset],
    };
  }

  shape(mode: DeliveryMode): DeliveryShape {
    const more = this.#more.map((name) => ({ name, type: 'string' as const }));
    const key = mode === 'state' ? ['id'] : ('none' as const);
    const dataset = { name: 'items', key, fields: [...FIELDS, ...more], extra: 'refuse' as const };
    return { mode, dataset, hasKeyColumn: false, stamp: `${mode} ${this.columns.join(' ')}` };
  }

  /** By key, in its order. */
  rowsAt(position: number): Row[] {
    const rows = new Map<string, Row>();
    for (const { op, row } of this.records.slice(0, position)) {
      if (op === 'delete') rows.delete(row.id ?? '');
      else rows.set(row.id ?? '', this.#whole(row));
    }
    return [...rows.values()].sort((a, b) => Number(a.id) - Number(b.id));
  }

  state(mode: DeliveryMode, position: number): DeliveredState {
    const write = (request: WriteRequest) =>
      mode === 'changes'
        ? this.#write(this.#changeRows(mode, 0, position), request)
        : this.#write(this.rowsAt(position), request);
    return { position, after: 0, write };
  }

  changes(mode: DeliveryMode, after: number, through: number): DeliveredChanges {
    return {
      after,
      through,
      write: (request) => this.#write(this.#changeRows(mode, after, through), request),
    };
  }

  /** Of a state the last record of each key. */
  #changeRows(mode: DeliveryMode, after: number, through: number): Row[] {
    const stretch = this.records.slice(after, through);
    const isLast = ({ row }: PlainRecord, i: number) =>
      !stretch.slice(i + 1).some((later) => later.row.id === row.id);
    return (mode === 'state' ? stretch.filter(isLast) : stretch).map(({ position, op, row }) => ({
      _op: op,
      _position: String(position),
      _time: TIME,
      ...this.#whole(op === 'delete' ? { id: row.id ?? null, name: null } : row),
    }));
  }

  #whole(row: Row): Row {
    return Object.fromEntries(this.columns.map((name) => [name, row[name] ?? null]));
  }

  async #write(rows: readonly Row[], { format, signal }: WriteRequest): Promise<DeliveredFiles> {
    signal?.throwIfAborted();
    if (format === 'parquet') throw new Error('these products are written as text');
    const folder = path.join(this.#folder, `rows-${randomName()}`);
    await mkdir(folder, { recursive: true });
    const file = path.join(folder, `part-0.${format}`);
    await writeFile(file, format === 'csv' ? this.#csv(rows) : rows.map(jsonLine).join(''));
    const { size: bytes } = await stat(file);
    return {
      files: [{ path: file, name: `part-0.${format}`, bytes, rows: rows.length }],
      rows: rows.length,
      release: () => rm(folder, { recursive: true, force: true }),
    };
  }

  #csv(rows: readonly Row[]): string {
    const names = Object.keys(rows[0] ?? Object.fromEntries(this.columns.map((name) => [name, null])));
    const lines = rows.map((row) => names.map((name) => csvCell(row[name] ?? null)).join(','));
    return `${[names.join(','), ...lines].join('\n')}\n`;
  }
}

const NUMBERS: ReadonlySet<string> = new Set(['id', '_position']);

function jsonLine(row: Row): string {
  const members = Object.entries(row).map(([name, value]) => {
    const text = value !== null && NUMBERS.has(name) ? value : JSON.stringify(value);
    return `${JSON.stringify(name)}:${text}`;
  });
  return `{${members.join(',')}}\n`;
}

function csvCell(value: string | null): string {
  return value === null ? '' : `"${value.replaceAll('"', '""')}"`;
}

/** A row out of its JSON; numbers must be ones that JavaScript holds. */
export function rowOf(json: string): Row {
  const entries = Object.entries(JSON.parse(json) as Record<string, unknown>);
  return Object.fromEntries(entries.map(([name, value]) => [name, value === null ? null : String(value)]));
}
