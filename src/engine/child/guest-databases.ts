/**
 * The databases of a guest: one for each set of files. Everything of ours is in place, the outside shut off and the configuration
 * locked, before a consumer's statement is prepared.
 */
import path from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import '../errors.ts';
import { sqlName, sqlText } from '../../schema/sql-type.ts';
import { namedColumns } from '../column-names.ts';
import {
  DATABASE_UNKNOWN,
  type GuestDatabase,
  type GuestQuery,
  type GuestSettings,
  type KnownDatabase,
  type KnownQuery,
} from '../guest-messages.ts';
import { GUEST_DATABASES_MAX, GUEST_PREPARED_MAX } from '../limits.ts';
import { describeStatement, type PreparedQuery } from './describe-statement.ts';

interface OpenDatabase {
  readonly instance: DuckDBInstance;
  readonly connection: DuckDBConnection;
  readonly prepared: Map<string, PreparedQuery>;
}

export class GuestDatabases {
  readonly #settings: GuestSettings;
  readonly #open = new Map<string, OpenDatabase>();
  /** Ready but for its files. */
  #next: Promise<OpenDatabase> | undefined;
  #parser: DuckDBConnection | undefined;
  #busy: DuckDBConnection | undefined;

  constructor(settings: GuestSettings) {
    this.#settings = settings;
  }

  /** The one file that statements of ours may write. */
  get answerFile(): string {
    return path.join(this.#settings.spillFolder, 'answer.parquet');
  }

  get spillBytesMax(): number {
    return this.#settings.spillMb * 1024 * 1024;
  }

  async warmUp(): Promise<void> {
    const instance = await this.#create();
    const parser = await instance.connect();
    await parser.run('set enable_external_access = false');
    await parser.run('set lock_configuration = true');
    this.#parser = parser;
    await this.parse('select 1');
  }

  /** Makes the next database ready before somebody waits for it; what goes wrong shows when it is taken. */
  prepareNext(): void {
    this.#next ??= this.#begin();
    this.#next.catch(() => undefined);
  }

  async parse(sql: string): Promise<string> {
    if (!this.#parser) throw new Error('Invariant broken: the guest parses before it is opened');
    return this.#ask(this.#parser, 'select json_serialize_sql($1::varchar)', sql);
  }

  interrupt(): void {
    this.#busy?.interrupt();
  }

  async prepare(query: GuestQuery | KnownQuery): Promise<PreparedQuery> {
    const database = await this.#database(query.database);
    this.#busy = database.connection;
    const key = query.tree ?? query.sql;
    const known = database.prepared.get(key);
    if (known) return known;
    const { connection } = database;
    const sql =
      query.tree === undefined
        ? query.sql.replace(/[\s;]+$/, '')
        : await this.#ask(connection, 'select json_deserialize_sql($1::json)', query.tree);
    const prepared = named(await describeStatement(connection, sql), query);
    for (const oldest of database.prepared.keys()) {
      if (database.prepared.size < GUEST_PREPARED_MAX) break;
      database.prepared.get(oldest)?.statement?.destroySync();
      database.prepared.delete(oldest);
    }
    database.prepared.set(key, prepared);
    return prepared;
  }

  async #ask(connection: DuckDBConnection, question: string, text: string): Promise<string> {
    const statement = await connection.prepare(question);
    statement.bindVarchar(1, text);
    const [row] = await (await statement.run()).getRows();
    statement.destroySync();
    return String(row?.[0]);
  }

  async #database(wanted: GuestDatabase | KnownDatabase): Promise<OpenDatabase> {
    const known = this.#open.get(wanted.key);
    if (known) {
      this.#open.delete(wanted.key);
      this.#open.set(wanted.key, known);
      return known;
    }
    if (wanted.setup === undefined) throw Object.assign(new Error('not open'), { code: DATABASE_UNKNOWN });
    for (const [oldest, database] of this.#open) {
      if (this.#open.size < GUEST_DATABASES_MAX) break;
      close(database);
      this.#open.delete(oldest);
    }
    const opened = await this.#prepareDatabase(wanted);
    this.#open.set(wanted.key, opened);
    return opened;
  }

  async #prepareDatabase({ files, setup }: GuestDatabase): Promise<OpenDatabase> {
    const next = this.#next ?? this.#begin();
    this.#next = undefined;
    const opened = await next;
    const locked = [
      `set allowed_paths = [${[...files, this.answerFile].map(sqlText).join(', ')}]`,
      'set enable_external_access = false',
      ...setup,
      'set lock_configuration = true',
    ];
    await opened.connection.run(locked.join(';\n'));
    return opened;
  }

  async #begin(): Promise<OpenDatabase> {
    const instance = await this.#create();
    const connection = await instance.connect();
    const { name, setup } = this.#settings.base;
    const begun = [`attach ':memory:' as ${sqlName(name)}`, `use ${sqlName(name)}`, ...setup];
    await connection.run(begun.join(';\n'));
    return { instance, connection, prepared: new Map() };
  }

  async #create(): Promise<DuckDBInstance> {
    const { memoryMb, spillMb, spillFolder, threads } = this.#settings;
    const instance = await DuckDBInstance.create(':memory:', {
      threads: String(threads),
      memory_limit: `${memoryMb}MiB`,
      temp_directory: spillFolder,
      max_temp_directory_size: `${spillMb}MiB`,
      preserve_insertion_order: 'true',
      // As in Postgres: nulls are the largest, and whole numbers give whole numbers.
      default_null_order: 'postgres',
      integer_division: 'true',
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
      allow_community_extensions: 'false',
    });
    const connection = await instance.connect();
    await connection.run("set global TimeZone = 'UTC'");
    await connection.run('set global errors_as_json = true');
    // Files of a snapshot never change: what stands at the end of each is read once.
    await connection.run('set global parquet_metadata_cache = true');
    connection.closeSync();
    return instance;
  }
}

/** Statements hold their database, with all its memory, until they are destroyed or collected as garbage, of which a guest makes little. */
function close({ instance, connection, prepared }: OpenDatabase): void {
  for (const { statement } of prepared.values()) statement?.destroySync();
  connection.closeSync();
  instance.closeSync();
}

function named(prepared: PreparedQuery, { names }: Pick<GuestQuery, 'names'>): PreparedQuery {
  const { columns, params } = prepared.description;
  return { ...prepared, description: { columns: namedColumns(columns, names), params } };
}
