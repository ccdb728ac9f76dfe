/** The database of one statement: the tables that it names, each at its position, and nothing besides. */
import { createHash } from 'node:crypto';
import type { GuestDatabase } from '../../engine/guest-messages.ts';
import { columnsOf } from '../../schema/field.ts';
import { sqlName, sqlText } from '../../schema/sql-type.ts';
import type { Relation, Store } from '../../store/store.ts';
import type { StandingView } from '../access/access-control.ts';
import type { SnapshotFiles } from '../reader/snapshot-files.ts';
import { innerSchema } from './catalog/system-tables.ts';
import type { SqlTable } from './sql-names.ts';

/** Where tables stand that a statement names without a schema. */
export const DEFAULT_SCHEMA = 'main';

export interface NamedTable {
  readonly table: SqlTable;
  /** The schemas that the statement names it by. */
  readonly schemas: readonly string[];
}

export interface SeenTable extends NamedTable {
  readonly view: StandingView;
}

export interface PositionedTable extends SeenTable {
  readonly position: number;
}

export interface OpenedDatabase {
  readonly database: GuestDatabase;
  release(): void;
}

/** What comes before the tables; two of the same key are the same. */
export interface DatabaseSetup {
  readonly key: string;
  readonly statements: readonly string[];
}

export function databaseSetup(statements: readonly string[]): DatabaseSetup {
  return { key: createHash('sha256').update(JSON.stringify(statements)).digest('base64'), statements };
}

export interface DatabaseSources {
  readonly store: Pick<Store, 'snapshot'>;
  readonly files: SnapshotFiles;
}

/** `setup` comes before the tables. Throws POSITION_GONE, RUN_DAMAGED; then nothing is left open. */
export async function openDatabase(
  sources: DatabaseSources,
  tables: readonly PositionedTable[],
  setup: DatabaseSetup,
): Promise<OpenedDatabase> {
  const relations: OpenedTable[] = [];
  const release = () => {
    for (const relation of relations.splice(0)) relation.release();
  };
  const views: string[] = [];
  const files: string[] = [];
  try {
    for (const named of tables) {
      const { table, schemas } = named;
      const relation = await openTable(sources, named);
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
    .update(JSON.stringify([setup.key, files, views]))
    .digest('base64');
  return {
    database: { key, files: [...new Set(files)], setup: [...setup.statements, ...views] },
    release,
  };
}

type OpenedTable = Pick<Relation, 'sql' | 'files' | 'release'>;

/** Of a table that is seen in part, a copy that holds no more than that: a guest reads files, and can be made to read all of each. */
async function openTable(
  { store, files }: DatabaseSources,
  { table, position, view }: PositionedTable,
): Promise<OpenedTable> {
  const { stream, dataset } = table;
  const lens = view.lensOf(dataset.name);
  if (!lens) return store.snapshot(stream, dataset.name, position);
  const request = { stream, dataset: dataset.name, position, lens } as const;
  const file = await files.open({ ...request, format: 'parquet', defuseFormulas: false });
  return {
    sql: `select * from read_parquet(${sqlText(file.path)})`,
    files: [file.path],
    release: () => file.release(),
  };
}

/** JSON is text to the store, and JSON to consumers. */
function viewSql(schema: string, { table, dataset }: SqlTable, sql: string): string {
  const columns = columnsOf(dataset).map(({ name, type }) =>
    type === 'json' ? `${sqlName(name)}::json as ${sqlName(name)}` : sqlName(name),
  );
  return `create view ${sqlName(innerSchema(schema))}.${sqlName(table)} as select ${columns.join(', ')} from (${sql})`;
}
