/**
 * What the values of a dataset are like: how many are null, how many are different, and how they are distributed. Counted by the reader's
 * own SQL at one position, and kept for it.
 */
import type { SqlHost, SqlPrincipal } from '../../kit/sql.ts';
import { columnsOf, type Dataset, type Field } from '../../schema/field.ts';
import { collectRows } from '../sql/collect-rows.ts';
import { BINS, countsSql, shapeOf, shapesSql, TOP_VALUES } from './profile-sql.ts';

/** With more records than this, different values are estimated (within about 2 %). */
const EXACT_RECORDS_MAX = 500_000;
const PROFILES_KEPT_MAX = 200;
const FIELDS_MAX = 200;

export interface FieldProfile {
  readonly name: string;
  readonly nulls: number;
  /** Null for fields whose values are not compared: JSON, bytes, objects and arrays. */
  readonly distinct: number | null;
  readonly min: string | null;
  readonly max: string | null;
  /** Counts of equally wide bins from `min` to `max`. */
  readonly histogram: readonly number[] | null;
  /** The most frequent values, most frequent first. */
  readonly top: readonly { readonly value: string; readonly count: number }[] | null;
}

export interface Profile {
  readonly product: string;
  readonly dataset: string;
  readonly position: number;
  readonly rows: number;
  /** False when different values are estimated. */
  readonly exact: boolean;
  /** At most 200 of the dataset's fields, in their order. */
  readonly fields: readonly FieldProfile[];
}

export interface ProfileRequest {
  readonly product: string;
  readonly dataset: Dataset;
  /** Its name in SQL. */
  readonly table: string;
  readonly position: number;
  readonly principal: SqlPrincipal;
  readonly purpose: string | undefined;
  /** Names what the principal sees of the product. */
  readonly sight: string;
}

export class ProfileService {
  readonly #host: SqlHost;
  /** The one used last stands last. */
  readonly #kept = new Map<string, Promise<Profile>>();

  constructor(host: SqlHost) {
    this.#host = host;
  }

  /** Throws what SqlService.run throws. */
  async of(request: ProfileRequest): Promise<Profile> {
    const key = JSON.stringify([request.table, request.position, request.sight]);
    const kept = this.#kept.get(key) ?? this.#take(request);
    this.#kept.delete(key);
    this.#kept.set(key, kept);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > PROFILES_KEPT_MAX && oldest !== undefined) this.#kept.delete(oldest);
    try {
      return await kept;
    } catch (error) {
      this.#kept.delete(key);
      throw error;
    }
  }

  async #take(request: ProfileRequest): Promise<Profile> {
    const { table, position, principal, purpose, product } = request;
    const fields = columnsOf(request.dataset).slice(0, FIELDS_MAX);
    const isExact = position <= EXACT_RECORDS_MAX;
    // Whoever asked may go away; others may wait for the same profile.
    const { signal } = new AbortController();
    const run = (sql: string, rowsMax: number) =>
      collectRows(this.#host, { sql, principal, purpose, at: String(position), signal, rowsMax });
    const [counts = {}] = (await run(countsSql(table, fields, isExact), 1)).rows;
    const rows = Number(counts.rows);
    const drawn = fields.flatMap((field, i) => (isDrawn(field, i, counts) ? [[i, field] as const] : []));
    const shapes =
      drawn.length === 0
        ? []
        : (await run(shapesSql(table, drawn), drawn.length * Math.max(BINS, TOP_VALUES))).rows;
    return {
      ...{ product, dataset: request.dataset.name, position, rows, exact: isExact },
      fields: fields.map((field, i) => profileOf(field, i, rows, counts, shapes)),
    };
  }
}

type Row = Readonly<Record<string, unknown>>;

/** Values that are all different say nothing by how often each is there. */
function isDrawn(field: Field, i: number, counts: Row): boolean {
  const shape = shapeOf(field);
  if (shape === 'top') return Number(counts[`distinct_${i}`]) < Number(counts[`there_${i}`]);
  return shape === 'histogram' && Number(counts[`distinct_${i}`]) > 1;
}

function profileOf(field: Field, i: number, rows: number, counts: Row, shapes: readonly Row[]): FieldProfile {
  const own = shapes.filter((row) => Number(row.field) === i);
  const bins = own.filter(({ bin }) => bin !== null);
  const values = own.filter(({ value }) => value !== null);
  const histogram = Array.from({ length: BINS }, (_, bin) =>
    Number(bins.find((row) => Number(row.bin) === bin)?.n ?? 0),
  );
  return {
    name: field.name,
    nulls: rows - Number(counts[`there_${i}`]),
    distinct: shapeOf(field) === 'none' ? null : Number(counts[`distinct_${i}`]),
    min: textOf(counts[`min_${i}`]),
    max: textOf(counts[`max_${i}`]),
    histogram: bins.length > 0 ? histogram : null,
    top:
      values.length > 0 ? values.map(({ value, n }) => ({ value: String(value), count: Number(n) })) : null,
  };
}

function textOf(value: unknown): string | null {
  return value === null || value === undefined ? null : String(value);
}
