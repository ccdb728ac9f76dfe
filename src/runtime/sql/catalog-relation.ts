/** Tables of `pg_catalog` and `information_schema`, as values. */
import { sqlName, sqlText } from '../../schema/sql-type.ts';

export type Cell = string | number | boolean | null;

export interface CatalogRelation {
  readonly name: string;
  /** Each with its type of the engine: `oid bigint`. */
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

/** A statement that creates it in a schema of the statement's own database. */
export function relationSetup(schema: string, { name, columns, rows }: CatalogRelation): string {
  const split = columns.map((column) => {
    const at = column.indexOf(' ');
    return { name: sqlName(column.slice(0, at)), type: column.slice(at + 1) };
  });
  const list = split.map((column, i) => `v${i}::${column.type} as ${column.name}`).join(', ');
  const names = split.map((_, i) => `v${i}`).join(', ');
  const values =
    rows.length === 0
      ? `(select ${split.map((_, i) => `null as v${i}`).join(', ')} where false) t`
      : `(values ${rows.map((row) => `(${row.map(literal).join(', ')})`).join(', ')}) t(${names})`;
  return `create table ${sqlName(schema)}.${sqlName(name)} as select ${list} from ${values}`;
}

function literal(cell: Cell): string {
  if (cell === null) return 'null';
  return typeof cell === 'string' ? sqlText(cell) : String(cell);
}
