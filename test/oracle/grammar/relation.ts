/** What the grammar knows of a table or query that it may read. */
export type Kind = 'integer' | 'number' | 'decimal' | 'string' | 'boolean' | 'date' | 'object' | 'array';

export interface Column {
  readonly name: string;
  readonly kind: Kind;
  /** True when it cannot be null. */
  readonly required?: boolean;
}

export interface Relation {
  /** What stands behind FROM: a name, or a query in parentheses. */
  readonly from: string;
  readonly columns: readonly Column[];
  /** Columns that tell the rows apart; undefined where a row may be there twice. */
  readonly key: readonly string[] | undefined;
  /** About how many rows it has, so that joins of joins stay small. */
  readonly rows: number;
}

/** A query that is not yet in parentheses. */
export interface Query extends Omit<Relation, 'from'> {
  readonly sql: string;
}

/** A relation under the name that it has in one query. */
export interface Source extends Relation {
  readonly alias: string;
}

export const SCALARS: readonly Kind[] = ['integer', 'number', 'decimal', 'string', 'boolean', 'date'];

export const SQL_TYPES: Readonly<Record<Kind, string>> = {
  integer: 'bigint',
  number: 'double',
  decimal: 'decimal(18,2)',
  string: 'varchar',
  boolean: 'boolean',
  date: 'date',
  object: 'struct(p bigint, q varchar)',
  array: 'bigint[]',
};

export const SPEC_TYPES: Readonly<Record<Kind, string>> = {
  integer: '{ type: integer }',
  number: '{ type: number }',
  decimal: '{ type: "decimal(18,2)" }',
  string: '{ type: string }',
  boolean: '{ type: boolean }',
  date: '{ type: date }',
  object: '{ type: object, fields: { p: { type: integer }, q: { type: string } } }',
  array: '{ type: array, items: { type: integer } }',
};

export function nameOf(source: Source, column: Column | string): string {
  return `${source.alias}.${typeof column === 'string' ? column : column.name}`;
}

/** An order without ties, but for rows that are the same in everything. */
export function totalOrder(source: Source): string {
  const names = source.key ?? source.columns.map(({ name }) => name);
  return names.map((name) => nameOf(source, name)).join(', ');
}

export function columnsOfKind(source: Pick<Source, 'columns'>, kinds: readonly Kind[]): readonly Column[] {
  return source.columns.filter((column) => kinds.includes(column.kind));
}
