/**
 * `pg_catalog` and `information_schema` for statements that ask for them: tables of the mesh's own, in schemas of other names, because
 * the engine has schemas of these names and would show itself.
 */
import { SYSTEM_DOMAIN } from '../../../catalog/system/built-in-product.ts';
import type { TableName } from '../../../engine/admit/admit-statement.ts';
import { locationOf, type TreeNode, textOf } from '../../../engine/admit/sql-tree.ts';
import type { RewriteRule } from '../dialect/rewrite-tree.ts';
import type { SqlTable } from '../sql-names.ts';
import { type CatalogRelation, relationSetup } from './catalog-relation.ts';
import { informationSchema } from './information-schema.ts';
import { numbered, referencesOf } from './numbered-tables.ts';
import { pgCatalog } from './pg-catalog.ts';
import { CATALOG_MACRO_NAMES, CATALOG_MACROS_SETUP } from './sql-macros.ts';

/** By the name that consumers use. */
const INNER_SCHEMAS: ReadonlyMap<string, string> = new Map([
  ['pg_catalog', '_pg'],
  ['information_schema', '_information'],
  // The engine has a catalog of this name.
  [SYSTEM_DOMAIN, '_system'],
]);

/** What a schema is called inside of a statement's database. */
export function innerSchema(schema: string): string {
  return INNER_SCHEMAS.get(schema) ?? schema;
}

/** The same relations whatever the tables are. */
const NAMES: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  [...relationsOf('', [])].map(([schema, relations]) => [schema, new Set(relations.map(({ name }) => name))]),
);

/** Whether a table is the catalog's. */
export function isSystemTable({ schema, table }: Pick<TableName, 'schema' | 'table'>): boolean {
  return systemSchema(schema, table) !== undefined;
}

/** Whether a statement that reads these tables and calls these functions needs the catalog. */
export function needsCatalog(tables: readonly TableName[], functions: ReadonlySet<string>): boolean {
  return tables.some(isSystemTable) || [...CATALOG_MACRO_NAMES].some((name) => functions.has(name));
}

/** Tables of the catalog under their inner names; `tables` are the statement's, without what it names itself. */
export function systemTableRule(tables: readonly TableName[]): RewriteRule {
  const places = new Set(tables.map(({ location }) => location));
  return (node): TreeNode => {
    if (node.class === 'COLUMN_REF') return withoutSystemSchema(node);
    if (node.type !== 'BASE_TABLE' || !places.has(locationOf(node))) return node;
    const named = textOf(node.schema_name);
    const schema = systemSchema(named, textOf(node.table_name)) ?? named.toLowerCase();
    if (!INNER_SCHEMAS.has(schema)) return node;
    const alias = textOf(node.alias) || textOf(node.table_name);
    return { ...node, catalog_name: '', schema_name: innerSchema(schema), alias };
  };
}

/** `pg_catalog.pg_class.oid`: the tables are called by their names alone here. */
function withoutSystemSchema(node: TreeNode): TreeNode {
  const names = Array.isArray(node.column_names) ? node.column_names : [];
  const [schema, table] = names.map((name) => String(name).toLowerCase());
  if (names.length < 3 || schema === undefined || !INNER_SCHEMAS.has(schema)) return node;
  const isKnown = schema === SYSTEM_DOMAIN || systemSchema(schema, table ?? '') !== undefined;
  return isKnown ? { ...node, column_names: names.slice(1) } : node;
}

/** Statements that make the catalog of a database of these tables. */
export function catalogSetup(database: string, tables: readonly SqlTable[]): readonly string[] {
  return [
    ...[...relationsOf(database, tables)].flatMap(([schema, relations]) => {
      const inner = innerSchema(schema);
      return [`create schema ${inner}`, ...relations.map((relation) => relationSetup(inner, relation))];
    }),
    ...CATALOG_MACROS_SETUP,
  ];
}

function relationsOf(
  database: string,
  tables: readonly SqlTable[],
): ReadonlyMap<string, readonly CatalogRelation[]> {
  const all = numbered(tables);
  const references = referencesOf(all);
  return new Map([
    ['pg_catalog', pgCatalog(database, all, references)],
    ['information_schema', informationSchema(database, all, references)],
  ]);
}

/** Names without a schema are looked for in `pg_catalog`, as Postgres does. */
function systemSchema(schema: string, table: string): string | undefined {
  const wanted = schema === '' ? 'pg_catalog' : schema.toLowerCase();
  return NAMES.get(wanted)?.has(table.toLowerCase()) ? wanted : undefined;
}
