/**
 * The rows of the inputs that the answer for some keys depends on, or a few more, as tables of the inputs' names.
 *
 * A place that is traced to the key directly needs its rows that have one of the keys. A place that is traced through a carrier needs the rows
 * that match the carrier's needed rows: a change of any other row touches none of the keys, so the answer for these is the same without it. Only
 * columns that the query reads are there; the others are null.
 */
import { present } from '../../base/assert.ts';
import { columnsOf, type Dataset, keyFieldsOf } from '../../schema/field.ts';
import { sqlName, sqlType } from '../../schema/sql-type.ts';
import type { Relation } from '../../store/store.ts';
import type { DerivePlan, DeriveTable } from '../../transform/derive-plan.ts';
import { expressionSql } from '../../transform/plan/expression.ts';
import type { RekeyPlan } from '../../transform/plan/rekey-plan.ts';
import { hasTouchedKeySql, touchedColumn } from '../../transform/plan/touched-sql.ts';
import type { DirectPath, Path } from '../../transform/plan/traced.ts';
import { mayBeNull, ofKeysSql, type Wanted } from './of-keys.ts';

/** Rows whose values by these paths are those of a row of the table `keys`, in its columns `k0`, `k1`, ... */
interface Match {
  readonly paths: readonly DirectPath[];
  readonly keys: string;
  /** The keys can hold null, which matches null. */
  readonly holdsNull: boolean;
}

/** Statements to be run in order. `keys` is a table of one column a field of the plan; `now` is an input as it is now. */
export function neededRowsSql(
  plan: DerivePlan,
  rekey: RekeyPlan,
  keys: string,
  now: (table: string) => Relation,
): readonly string[] {
  const needed = new NeededRows(plan, rekey, now);
  for (const table of plan.tables) needed.add(table, keys);
  return needed.setup;
}

class NeededRows {
  readonly setup: string[] = [];
  readonly #plan: DerivePlan;
  readonly #rekey: RekeyPlan;
  readonly #now: (table: string) => Relation;
  /** The tables that were made, by the SELECT that they are made of. */
  readonly #made = new Map<string, string>();

  constructor(plan: DerivePlan, rekey: RekeyPlan, now: (table: string) => Relation) {
    this.#plan = plan;
    this.#rekey = rekey;
    this.#now = now;
  }

  add({ name }: DeriveTable, keys: string): void {
    const places = this.#rekey.leaves.filter(({ leaf }) => leaf.table === name);
    const matches = places.map(({ paths }) => this.#follow(paths, { keys, holdsNull: true }));
    const [only, ...others] = matches;
    const table = sqlName(name);
    if (!only || others.length > 0) {
      this.setup.push(`create temp view ${table} as ${this.#rowsOfAny(name, matches)}`);
      return;
    }
    const made = this.#rows(name, only, table);
    if (made !== table) this.setup.push(`create temp view ${table} as select * from ${made}`);
  }

  /** The place's own condition, once the carriers on the way to the key are looked up. All paths go the same way. */
  #follow(paths: readonly Path[], target: Pick<Match, 'keys' | 'holdsNull'>): Match {
    const [first] = paths;
    if (first?.kind !== 'through') {
      return { ...target, paths: paths.filter((path) => path.kind === 'direct') };
    }
    const thens = paths.map((path) => (path.kind === 'through' ? path.then : path));
    const carrier = this.#rows(first.carrier.table, this.#follow(thens, target));
    const match = expressionSql(first.match, 'r');
    const { matchesNulls } = first;
    const where = matchesNulls ? '' : ` where ${match} is not null`;
    const matched = `select distinct ${match} as ${touchedColumn(0)} from ${carrier} r${where}`;
    return this.#follow([first.from], { keys: this.#table(matched), holdsNull: matchesNulls });
  }

  /** `as` names the table, unless it is there already. */
  #rows(table: string, match: Match, as?: string): string {
    const from = `(${ofKeysSql(this.#now(table), this.#wanted(table, match))}) r`;
    return this.#table(
      `select ${this.#columns(table)} from ${from} semi join ${match.keys} t on ${hasTouchedKeySql(match.paths)}`,
      as,
    );
  }

  /** A table that is read at several places holds what any of them needs. */
  #rowsOfAny(table: string, matches: readonly Match[]): string {
    const any = matches.map(
      ({ keys, paths }) => `exists (select 1 from ${keys} t where ${hasTouchedKeySql(paths)})`,
    );
    const where = any.length > 0 ? ` where ${any.join(' or ')}` : '';
    return `select ${this.#columns(table)} from (${this.#now(table).sql}) r${where}`;
  }

  /** The conditions by which files can be read in part. */
  #wanted(table: string, { paths, keys, holdsNull }: Match): Wanted[] {
    const dataset = this.#datasetOf(table);
    return paths.flatMap(({ expression }, i) => {
      if (expression.kind !== 'column' || !isNarrowing(dataset, expression.column)) return [];
      const field = columnsOf(dataset).find((other) => other.name === expression.column);
      const known = present(field, 'what is traced are columns of datasets');
      const isNullable = holdsNull && mayBeNull(dataset, known);
      return [{ name: known.name, isNullable, table: keys, column: touchedColumn(i) }];
    });
  }

  #columns(table: string): string {
    const places = this.#rekey.leaves.filter(({ leaf }) => leaf.table === table);
    const read = new Set(places.flatMap(({ leaf }) => leaf.columns));
    const columns = columnsOf(this.#datasetOf(table)).map((field) => {
      const name = sqlName(field.name);
      return read.has(field.name) ? `r.${name}` : `cast(null as ${sqlType(field)}) as ${name}`;
    });
    return columns.join(', ');
  }

  #datasetOf(table: string): Dataset {
    const found = this.#plan.tables.find(({ name }) => name === table);
    return present(found, 'every leaf is a table of the plan').dataset;
  }

  #table(select: string, as?: string): string {
    const known = this.#made.get(select);
    if (known !== undefined) return known;
    const name = as ?? `_needed_${this.#made.size}`;
    this.setup.push(`create temp table ${name} as ${select}`);
    this.#made.set(select, name);
    return name;
  }
}

/** Rows with other values in these columns are never reduced with one that has the value. */
function isNarrowing(dataset: Dataset, column: string): boolean {
  return dataset.key === 'none' || keyFieldsOf(dataset).some((field) => field.name === column);
}
