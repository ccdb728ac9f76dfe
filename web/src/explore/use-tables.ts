import type { SQLNamespace } from '@codemirror/lang-sql';
import { useQuery } from '@tanstack/react-query';
import { runSql } from './run-sql.ts';

export interface TableInfo {
  readonly schema: string;
  readonly table: string;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
}

const CATALOG = `select table_schema, table_name, column_name, data_type from information_schema.columns
where table_schema not in ('information_schema', 'pg_catalog') order by 1, 2, ordinal_position`;

/** What may be read, as SQL itself tells it. */
export function useTables() {
  return useQuery({
    queryKey: ['tables'],
    queryFn: async ({ signal }) => {
      const { rows } = await runSql({ sql: CATALOG, at: undefined, signal });
      const tables = new Map<string, TableInfo & { columns: { name: string; type: string }[] }>();
      for (const { table_schema, table_name, column_name, data_type } of rows) {
        const id = `${table_schema}.${table_name}`;
        const table = tables.get(id) ?? {
          schema: String(table_schema),
          table: String(table_name),
          columns: [],
        };
        table.columns.push({ name: String(column_name), type: String(data_type) });
        tables.set(id, table);
      }
      return [...tables.values()] as readonly TableInfo[];
    },
    staleTime: 60_000,
  });
}

export function schemaOf(tables: readonly TableInfo[]): SQLNamespace {
  const schemas: Record<string, Record<string, { label: string; detail: string; type: string }[]>> = {};
  for (const { schema, table, columns } of tables) {
    schemas[schema] ??= {};
    schemas[schema][table] = columns.map(({ name, type }) => ({
      label: name,
      detail: type,
      type: 'property',
    }));
  }
  return schemas;
}
