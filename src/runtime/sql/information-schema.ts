/** The mesh as `information_schema` shows it. */
import { columnsOf } from '../../schema/field.ts';
import { pgTypeOf } from '../../schema/pg-type.ts';
import type { CatalogRelation, Cell } from './catalog-relation.ts';
import { engineTypeOf, type NumberedTable } from './pg-catalog.ts';

export function informationSchema(
  database: string,
  tables: readonly NumberedTable[],
): readonly CatalogRelation[] {
  const keyed = tables.filter(({ keyNumbers }) => keyNumbers.length > 0);
  const constraint = (table: NumberedTable): Cell[] => [database, table.schema, `${table.table}_pkey`];
  return [
    {
      name: 'schemata',
      columns: ['catalog_name varchar', 'schema_name varchar', 'schema_owner varchar'],
      rows: [...new Set(tables.map(({ schema }) => schema))].map((schema) => [database, schema, 'wharf']),
    },
    {
      name: 'tables',
      columns: [...TABLE_COLUMNS, 'table_type varchar', 'is_insertable_into varchar'],
      rows: tables.map(({ schema, table }) => [database, schema, table, 'BASE TABLE', 'NO']),
    },
    columns(database, tables),
    {
      name: 'table_constraints',
      columns: [...CONSTRAINT_COLUMNS, ...TABLE_COLUMNS, 'constraint_type varchar'],
      rows: keyed.map((table) => [...constraint(table), database, table.schema, table.table, 'PRIMARY KEY']),
    },
    {
      name: 'key_column_usage',
      columns: [...CONSTRAINT_COLUMNS, ...TABLE_COLUMNS, 'column_name varchar', 'ordinal_position integer'],
      rows: keyed.flatMap((table) =>
        table.keyNumbers.map((number, i): readonly Cell[] => {
          const column = columnsOf(table.dataset)[number - 1]?.name ?? '';
          return [...constraint(table), database, table.schema, table.table, column, i + 1];
        }),
      ),
    },
    { name: 'views', columns: [...TABLE_COLUMNS, 'view_definition varchar'], rows: [] },
    {
      name: 'referential_constraints',
      columns: [...CONSTRAINT_COLUMNS, 'unique_constraint_schema varchar', 'unique_constraint_name varchar'],
      rows: [],
    },
  ];
}

const TABLE_COLUMNS = ['table_catalog varchar', 'table_schema varchar', 'table_name varchar'];
const CONSTRAINT_COLUMNS = [
  'constraint_catalog varchar',
  'constraint_schema varchar',
  'constraint_name varchar',
];

function columns(database: string, tables: readonly NumberedTable[]): CatalogRelation {
  const rows = tables.flatMap((table) =>
    columnsOf(table.dataset).map((field, i): readonly Cell[] => {
      const type = pgTypeOf(engineTypeOf(field));
      const isRequired = field.required === true || table.keyNumbers.includes(i + 1);
      return [
        ...[database, table.schema, table.table, field.name, i + 1, null, isRequired ? 'NO' : 'YES'],
        ...[type.category === 'A' ? 'ARRAY' : type.title, type.name],
        ...[field.precision ?? null, field.scale ?? null, null],
      ];
    }),
  );
  return {
    name: 'columns',
    columns: [
      ...TABLE_COLUMNS,
      'column_name varchar',
      'ordinal_position integer',
      'column_default varchar',
      'is_nullable varchar',
      'data_type varchar',
      'udt_name varchar',
      'numeric_precision integer',
      'numeric_scale integer',
      'character_maximum_length integer',
    ],
    rows,
  };
}
