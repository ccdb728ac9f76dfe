/**
 * What is known of an operator's columns, from the tables below it.
 *
 * *Touch* is what incremental work rests on. Let N be an operator, c one of its columns, L one of the places where a table is read
 * below it. That c is *traced* to L by an expression e means: N's rows with c = v depend on L's rows with e = v alone. So when
 * rows of L change, N's rows can change only where c is among the values that e has for these rows, before or after.
 *
 * From this follow the rules of `trace-plan.ts`, and that several columns which are traced to L depend, together, on L's rows that
 * have all the values: what depends on no row outside A and on no row outside B depends on no row outside of both.
 */
import type { Expression } from './expression.ts';
import type { Obstacle } from './obstacles.ts';

/** One place where a table is read. A table that is read twice has two. */
export interface Leaf {
  readonly table: string;
  /** The columns that are read at this place: no other one of the table can make a difference. */
  readonly columns: readonly string[];
}

/** A value of one row of a leaf; null where the row is missing. */
export interface Origin {
  readonly leaf: Leaf;
  readonly expression: Expression<string>;
  /** There are rows of the operator without one of the leaf: an outer join made them up. */
  readonly mayBeMissing?: boolean;
}

/** The values are the expression's for the rows themselves. */
export interface DirectPath {
  readonly kind: 'direct';
  readonly expression: Expression<string>;
}

/** How the values of a column are found that some rows of a leaf touch. */
export type Path =
  | DirectPath
  /** They are those that `then` gives for the rows of the carrier whose `match` is among the values that `from` gives. */
  | {
      readonly kind: 'through';
      readonly from: Path;
      readonly carrier: Leaf;
      readonly match: Expression<string>;
      /** A null matches a null. */
      readonly matchesNulls: boolean;
      readonly then: Path;
    };

export interface TracedColumn {
  /** The column is this value of a row of the leaf from which the operator's row was made, or null. */
  readonly origin?: Origin | undefined;
  /** One path for each leaf below; undefined when there is a leaf that it cannot be traced to. */
  readonly touch?: ReadonlyMap<Leaf, Path> | undefined;
  /** Why there is no touch. */
  readonly obstacle?: Obstacle | undefined;
  /** It is never null. */
  readonly isPresent?: boolean | undefined;
  /** The columns that its values are made of, as `table.column`. */
  readonly sources: ReadonlySet<string>;
}

/** What is known of an expression over the columns besides these: `coalesce` of what a full join compares. */
export interface TracedValue {
  /** In a row, those that are not null are all equal. */
  readonly alternatives: readonly Expression<number>[];
  readonly column: TracedColumn;
}

export interface Traced {
  readonly leaves: readonly Leaf[];
  readonly columns: readonly TracedColumn[];
  /** Expressions refer to them by the places behind the columns. */
  readonly values?: readonly TracedValue[] | undefined;
  /** Why it is not even known which columns there are; `columns` is empty then. */
  readonly unknown?: Obstacle | undefined;
}

/** The column, or the value, that an expression refers to by this place. */
export function columnAt({ columns, values = [] }: Traced, place: number): TracedColumn | undefined {
  return columns[place] ?? values[place - columns.length]?.column;
}

/** The column, not to be traced any further. */
export function untraced(column: Pick<TracedColumn, 'sources'>, obstacle: Obstacle): TracedColumn {
  return { sources: column.sources, obstacle };
}

/** Columns that are there, and of which no more is known than what they are made of. */
export function untracedAll(columns: readonly TracedColumn[], obstacle: Obstacle): TracedColumn[] {
  return columns.map((column) => untraced(column, obstacle));
}

export function notFollowed(inputs: readonly Traced[], why: Obstacle): Traced {
  return { leaves: leavesOf(inputs), columns: [], unknown: why };
}

export function leavesOf(inputs: readonly Traced[]): Leaf[] {
  return inputs.flatMap((input) => input.leaves);
}

export function mergedSources(columns: readonly (TracedColumn | undefined)[]): ReadonlySet<string> {
  return new Set(columns.flatMap((column) => [...(column?.sources ?? [])]));
}
