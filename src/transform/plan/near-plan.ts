/**
 * Where `rekey` needs nothing but rows by their whole keys: then a step looks these up, and reads no files.
 *
 * A place that is traced to the output's key by its table's own key needs the rows that have the touched keys. A place behind a join on its
 * table's key needs the rows that the rows found before it name. A change of the first kind of place touches the keys of the changed rows; one
 * of the second kind touches whatever names them, which only files tell.
 */
import { columnsOf, type Dataset, type Field, keyFieldsOf } from '../../schema/field.ts';
import { isLastOnly } from '../../schema/reduce-sql.ts';
import type { DerivePlan } from '../derive-plan.ts';
import type { RekeyPlan } from './rekey-plan.ts';
import type { DirectPath, Path } from './traced.ts';

/** How the keys of the rows are found that a place needs. */
export type NearPlace =
  | {
      readonly kind: 'touched';
      readonly table: string;
      /** For each part of the table's key, which part of the output's key it is. */
      readonly parts: readonly number[];
    }
  | {
      readonly kind: 'named';
      readonly table: string;
      /** Its rows name the keys, in this column. */
      readonly by: NearPlace;
      readonly column: Field;
    };

export interface NearPlan {
  /** All places where a table is read, each once; rows that name others are found at one of these, too. */
  readonly places: readonly NearPlace[];
  /** By table: the columns that the query reads. */
  readonly columns: ReadonlyMap<string, ReadonlySet<string>>;
}

/** The tables whose changed rows' own keys say what they touch. */
export function movingTables({ places }: NearPlan): readonly string[] {
  const tables = new Set(places.map(({ table }) => table));
  for (const { kind, table } of places) if (kind === 'named') tables.delete(table);
  return [...tables];
}

/** Undefined where files must be read. */
export function planNear(plan: DerivePlan, rekey: RekeyPlan): NearPlan | undefined {
  const keys = keyFieldsOf(plan.dataset);
  const isWhole = keys.length === rekey.fields.length;
  if (plan.schedule || !isWhole || !isNearby(plan.dataset, columnsOf(plan.dataset))) return undefined;
  const tracer = new NearTracer(plan, rekey);
  const places = rekey.leaves.map(({ leaf, paths }) => tracer.place(leaf.table, paths));
  const known = places.filter((place) => place !== undefined);
  if (known.length < places.length) return undefined;
  return { places: [...new Set(known)], columns: tracer.columns };
}

/** Rows that a key alone finds, as they were journaled last, and whose texts are equal exactly when they are. */
function isNearby(dataset: Dataset, read: readonly Field[]): boolean {
  const keys = keyFieldsOf(dataset);
  const isNamed = dataset.key !== 'none' && dataset.key !== 'row';
  return isNamed && isLastOnly(dataset) && keys.every(isComparable) && !read.some(holdsJson);
}

function holdsJson(field: Field): boolean {
  const { type, fields, items } = field;
  return type === 'json' || (fields ?? []).some(holdsJson) || (items !== undefined && holdsJson(items));
}

/** Values that are equal exactly when their texts are. */
function isComparable({ type }: Field): boolean {
  return type !== 'number' && type !== 'json' && type !== 'object' && type !== 'array';
}

class NearTracer {
  readonly columns = new Map<string, Set<string>>();
  readonly #plan: DerivePlan;
  readonly #rekey: RekeyPlan;
  readonly #places = new Map<string, NearPlace>();

  constructor(plan: DerivePlan, rekey: RekeyPlan) {
    this.#plan = plan;
    this.#rekey = rekey;
    for (const { leaf } of rekey.leaves) {
      const columns = this.columns.get(leaf.table) ?? new Set();
      for (const column of leaf.columns) columns.add(column);
      this.columns.set(leaf.table, columns);
    }
  }

  /** All paths go the same way. */
  place(table: string, paths: readonly Path[]): NearPlace | undefined {
    const dataset = this.#plan.tables.find(({ name }) => name === table)?.dataset;
    if (!dataset || !isNearby(dataset, this.#readOf(table, dataset))) return undefined;
    const [first] = paths;
    const place =
      first?.kind === 'through'
        ? this.#named(dataset, table, first, paths)
        : this.#touched(dataset, table, paths);
    return place && this.#once(place);
  }

  /** Equal places are the same one, so that its rows are found once. */
  #once(place: NearPlace): NearPlace {
    const name = JSON.stringify(place);
    const known = this.#places.get(name) ?? place;
    this.#places.set(name, known);
    return known;
  }

  #touched(dataset: Dataset, table: string, paths: readonly Path[]): NearPlace | undefined {
    const output = keyFieldsOf(this.#plan.dataset);
    const parts = keyFieldsOf(dataset).map((field) =>
      paths.findIndex((path) => {
        const of = output.find(({ name }) => name === this.#rekey.fields[paths.indexOf(path)]);
        return columnOf(path) === field.name && of !== undefined && isSameType(of, field);
      }),
    );
    const isAll = parts.length === paths.length && !parts.includes(-1);
    return isAll ? { kind: 'touched', table, parts } : undefined;
  }

  #named(
    dataset: Dataset,
    table: string,
    first: Extract<Path, { kind: 'through' }>,
    paths: readonly Path[],
  ): NearPlace | undefined {
    const [key, ...more] = keyFieldsOf(dataset);
    const thens = paths.flatMap((path) => (path.kind === 'through' ? [path.then] : []));
    const by = this.place(first.carrier.table, thens);
    const column = this.#fieldOf(first.carrier.table, columnOf({ kind: 'direct', expression: first.match }));
    const isByKey = key !== undefined && more.length === 0 && columnOf(first.from) === key.name;
    if (!isByKey || !by || !column || !isSameType(column, key)) return undefined;
    return { kind: 'named', table, by, column };
  }

  #fieldOf(table: string, column: string | undefined): Field | undefined {
    const dataset = this.#plan.tables.find(({ name }) => name === table)?.dataset;
    return dataset && columnsOf(dataset).find(({ name }) => name === column);
  }

  #readOf(table: string, dataset: Dataset): readonly Field[] {
    return columnsOf(dataset).filter(({ name }) => this.columns.get(table)?.has(name));
  }
}

/** The column that the path's value is; undefined for what is computed. */
function columnOf(path: Path | DirectPath): string | undefined {
  return path.kind === 'direct' && path.expression.kind === 'column' ? path.expression.column : undefined;
}

function isSameType(a: Field, b: Field): boolean {
  return a.type === b.type && a.precision === b.precision && a.scale === b.scale && a.zone === b.zone;
}
