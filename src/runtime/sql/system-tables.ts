/**
 * `pg_catalog` and `information_schema` for statements that ask for them: tables of the mesh's own, in schemas of other names, because
 * the engine has schemas of these names and would show itself.
 */

import { SYSTEM_DOMAIN } from '../../catalog/system/built-in-product.ts';
import type { TableName } from '../../engine/admit/admit-statement.ts';
import { isNode, type TreeNode, type TreeValue, textOf } from '../../engine/admit/sql-tree.ts';
import { type CatalogRelation, relationSetup } from './catalog-relation.ts';
import { informationSchema } from './information-schema.ts';
import { numbered, pgCatalog } from './pg-catalog.ts';
import { CATALOG_MACROS_SETUP } from './sql-macros.ts';
import type { SqlTable } from './sql-names.ts';

/** By the name that consumers use. */
const INNER_SCHEMAS: Readonly<Record<string, string>> = {
  pg_catalog: '_pg',
  information_schema: '_information',
  // The engine has a catalog of this name.
  system: '_system',
};

/** What the schema is called inside of a statement's database. */
export function innerSchema(schema: string): string {
  return INNER_SCHEMAS[schema.toLowerCase()] ?? schema;
}

export function isRenamed({ schema }: TableName): boolean {
  return schema.toLowerCase() in INNER_SCHEMAS;
}
/** Types that the engine does not have: their values are shown as text. */
const TEXT_TYPES: ReadonlySet<string> = new Set([
  'regclass',
  'regtype',
  'regproc',
  'regnamespace',
  'name',
  'char',
  'text',
]);

export interface SystemUse {
  /** Those of a statement's tables that are of the catalog. */
  readonly names: ReadonlySet<TableName>;
  readonly setup: readonly string[];
}

const NONE: SystemUse = { names: new Set(), setup: [] };

export class SystemTables {
  readonly #relations: ReadonlyMap<string, readonly CatalogRelation[]>;
  #setup: readonly string[] | undefined;

  constructor(database: string, tables: readonly SqlTable[]) {
    const all = numbered(tables);
    this.#relations = new Map([
      ['pg_catalog', pgCatalog(database, all)],
      ['information_schema', informationSchema(database, all)],
    ]);
  }

  of(tables: readonly TableName[]): SystemUse {
    const names = new Set(tables.filter((table) => this.#isOfCatalog(table)));
    return names.size === 0 ? NONE : { names, setup: this.#allSetup() };
  }

  /** A statement's tree with the catalog's tables under their inner names; both as JSON. */
  renamed(tree: string): string {
    const parsed = JSON.parse(withLongNumbersAsTexts(tree)) as TreeNode;
    return withTextsAsLongNumbers(JSON.stringify(this.#rename(parsed)));
  }

  #rename(value: TreeValue | undefined): TreeValue {
    if (Array.isArray(value)) return value.map((item) => this.#rename(item));
    if (!isNode(value)) return (value ?? null) as TreeValue;
    if (value.class === 'COLLATE' && textOf(value.collation).startsWith('pg_catalog.'))
      return this.#rename(value.child);
    const node = Object.fromEntries(
      Object.entries(value).map(([name, child]) => [name, this.#rename(child)]),
    ) as TreeNode;
    if (node.type === 'BASE_TABLE') return this.#renameTable(node);
    if (node.class === 'FUNCTION' && textOf(node.schema) === 'pg_catalog') return { ...node, schema: '' };
    if (node.class === 'CAST' && isNode(node.cast_type))
      return { ...node, cast_type: plainType(node.cast_type) };
    return node;
  }

  #renameTable(node: TreeNode): TreeNode {
    const schema = this.#schemaOf(textOf(node.schema_name), textOf(node.table_name));
    if (schema === undefined) return node;
    const alias = textOf(node.alias) || textOf(node.table_name);
    return { ...node, catalog_name: '', schema_name: innerSchema(schema), alias };
  }

  /** Names without a schema are looked for in `pg_catalog`, as Postgres does. */
  #schemaOf(schema: string, table: string): string | undefined {
    const wanted = schema === '' ? 'pg_catalog' : schema.toLowerCase();
    if (wanted === SYSTEM_DOMAIN) return wanted;
    const relations = this.#relations.get(wanted) ?? [];
    return relations.some(({ name }) => name === table.toLowerCase()) ? wanted : undefined;
  }

  #isOfCatalog({ schema, table }: TableName): boolean {
    const found = this.#schemaOf(schema, table);
    return found !== undefined && this.#relations.has(found);
  }

  #allSetup(): readonly string[] {
    this.#setup ??= [
      ...[...this.#relations].flatMap(([schema, relations]) => {
        const inner = INNER_SCHEMAS[schema] ?? schema;
        return [`create schema ${inner}`, ...relations.map((relation) => relationSetup(inner, relation))];
      }),
      ...CATALOG_MACROS_SETUP,
    ];
    return this.#setup;
  }
}

function plainType(type: TreeNode): TreeNode {
  if (type.id !== 'UNBOUND' || !isNode(type.type_info)) return type;
  const name = textOf(type.type_info.name).toLowerCase();
  if (TEXT_TYPES.has(name)) return { id: 'VARCHAR', type_info: null };
  if (name === 'oid') return { id: 'BIGINT', type_info: null };
  return { ...type, type_info: { ...type.type_info, schema: '' } };
}

/** Whole numbers that JavaScript would round stand as texts that no statement can hold: they begin with U+0000. */
function withLongNumbersAsTexts(json: string): string {
  return json.replace(/"(?:[^"\\]|\\.)*"|-?\d{16,}/g, (token) =>
    token.startsWith('"') ? token : `"\\u0000${token}"`,
  );
}

function withTextsAsLongNumbers(json: string): string {
  return json.replace(/"\\u0000(-?\d+)"/g, '$1');
}
