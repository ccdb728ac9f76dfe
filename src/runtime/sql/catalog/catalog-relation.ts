/** Tables of `pg_catalog` and `information_schema`, as values. */
import { sqlName, sqlText } from '../../../schema/sql-type.ts';

export type Cell = string | number | boolean | null;
export type CatalogRow = Readonly<Record<string, Cell>>;

export interface CatalogRelation {
  readonly name: string;
  readonly columns: readonly CatalogColumn[];
  readonly rows: readonly CatalogRow[];
}

export interface CatalogColumn {
  readonly name: string;
  /** Of the engine. */
  readonly type: string;
  /** What stands in rows that do not say. */
  readonly otherwise: Cell;
}

/** Columns are written `oid bigint, relisshared boolean = false`; rows leave out what is as always. */
export function relation(name: string, columns: string, rows: readonly CatalogRow[] = []): CatalogRelation {
  return { name, columns: columns.split(',').map(columnOf), rows };
}

function columnOf(text: string): CatalogColumn {
  const [, name, type, otherwise] = /^\s*(\w+) ([\w[\]]+)(?: = (.*?))?\s*$/.exec(text) ?? [];
  if (name === undefined || type === undefined) throw new Error(`Invariant broken: "${text}" is a column`);
  return { name, type, otherwise: otherwise === undefined ? null : (JSON.parse(otherwise) as Cell) };
}

/** A statement that creates it in a schema of the statement's own database. */
export function relationSetup(schema: string, { name, columns, rows }: CatalogRelation): string {
  const list = columns.map((column, i) => `v${i}::${column.type} as ${sqlName(column.name)}`).join(', ');
  const names = columns.map((_, i) => `v${i}`).join(', ');
  const values =
    rows.length === 0
      ? `(select ${columns.map((_, i) => `null as v${i}`).join(', ')} where false) t`
      : `(values ${rows.map((row) => `(${cellsOf(row, columns).join(', ')})`).join(', ')}) t(${names})`;
  return `create table ${sqlName(schema)}.${sqlName(name)} as select ${list} from ${values}`;
}

function cellsOf(row: CatalogRow, columns: readonly CatalogColumn[]): string[] {
  return columns.map(({ name, otherwise }) => literal(name in row ? (row[name] ?? null) : otherwise));
}

function literal(cell: Cell): string {
  if (cell === null) return 'null';
  return typeof cell === 'string' ? sqlText(cell) : String(cell);
}
