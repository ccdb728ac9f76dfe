/** The database of one statement: the tables that it names, each at its position, and nothing besides. */
import { createHash } from 'node:crypto';
import type { GuestDatabase } from '../../engine/guest-messages.ts';
import { columnsOf } from '../../schema/field.ts';
import { sqlName } from '../../schema/sql-type.ts';
import type { Relation, Store } from '../../store/store.ts';
import { MACROS_SETUP } from './catalog/sql-macros.ts';
import { innerSchema } from './catalog/system-tables.ts';
import type { SqlTable } from './sql-names.ts';

/** Where tables stand that a statement names without a schema. */
export const DEFAULT_SCHEMA = 'main';

export interface NamedTable {
  readonly table: SqlTable;
  /** The schemas that the statement names it by. */
  readonly schemas: readonly string[];
}

export interface PositionedTable extends NamedTable {
  readonly position: number;
}

export interface OpenedDatabase {
  readonly database: GuestDatabase;
  release(): void;
}

/** What every database begins with; two of the same key are the same. */
export interface DatabaseSetup {
  readonly key: string;
  readonly statements: readonly string[];
}

export function databaseSetup(statements: readonly string[]): DatabaseSetup {
  const all = [...MACROS_SETUP, ...statements];
  return { key: createHash('sha256').update(JSON.stringify(all)).digest('base64'), statements: all };
}

/** `setup` comes before the tables. Throws POSITION_GONE, RUN_DAMAGED; then nothing is left open. */
export async function openDatabase(
  store: Pick<Store, 'snapshot'>,
  name: string,
  tables: readonly PositionedTable[],
  setup: DatabaseSetup,
): Promise<OpenedDatabase> {
  const relations: Relation[] = [];
  const release = () => {
    for (const relation of relations.splice(0)) relation.release();
  };
  const views: string[] = [];
  const files: string[] = [];
  try {
    for (const { table, schemas, position } of tables) {
      const relation = await store.snapshot(table.stream, table.dataset.name, position);
      relations.push(relation);
      files.push(...relation.files);
      for (const schema of schemas.map(innerSchema))
        views.push(`create schema if not exists ${sqlName(schema)}`, viewSql(schema, table, relation.sql));
    }
  } catch (error) {
    release();
    throw error;
  }
  const key = createHash('sha256')
    .update(JSON.stringify([name, setup.key, files, views]))
    .digest('base64');
  return {
    database: { key, name, files: [...new Set(files)], setup: [...setup.statements, ...views] },
    release,
  };
}

/** JSON is text to the store, and JSON to consumers. */
function viewSql(schema: string, { table, dataset }: SqlTable, sql: string): string {
  const columns = columnsOf(dataset).map(({ name, type }) =>
    type === 'json' ? `${sqlName(name)}::json as ${sqlName(name)}` : sqlName(name),
  );
  return `create view ${sqlName(innerSchema(schema))}.${sqlName(table)} as select ${columns.join(', ')} from (${sql})`;
}
