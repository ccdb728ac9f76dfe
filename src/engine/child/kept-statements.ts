/**
 * Statements that come again and again with other values: each is prepared once, on a connection of its own, where nothing else runs. For a short
 * one, to open a connection and to plan it takes longer than to run it.
 */
import type { DuckDBConnection, DuckDBInstance, DuckDBPreparedStatement } from '@duckdb/node-api';
import { KEPT_STATEMENTS_MAX } from '../limits.ts';

export interface KeptStatement {
  readonly connection: DuckDBConnection;
  readonly prepared: DuckDBPreparedStatement;
}

export class KeptStatements {
  readonly #database: DuckDBInstance;
  /** By their texts, those that were used last at the end. */
  readonly #idle = new Map<string, KeptStatement>();

  constructor(database: DuckDBInstance) {
    this.#database = database;
  }

  /** It is the caller's until it is given back, or closed. */
  async take(sql: string): Promise<KeptStatement> {
    const idle = this.#idle.get(sql);
    this.#idle.delete(sql);
    return idle ?? this.#prepare(sql);
  }

  /** Of a statement that ended well. */
  giveBack(sql: string, statement: KeptStatement): void {
    statement.prepared.clearBindings();
    const twin = this.#idle.get(sql);
    if (twin) close(twin);
    this.#idle.delete(sql);
    this.#idle.set(sql, statement);
    for (const [oldest, unused] of this.#idle) {
      if (this.#idle.size <= KEPT_STATEMENTS_MAX) return;
      this.#idle.delete(oldest);
      close(unused);
    }
  }

  /** Lets go of all that nobody uses. */
  close(): void {
    for (const unused of this.#idle.values()) close(unused);
    this.#idle.clear();
  }

  async #prepare(sql: string): Promise<KeptStatement> {
    const connection = await this.#database.connect();
    try {
      return { connection, prepared: await connection.prepare(sql) };
    } catch (thrown) {
      connection.closeSync();
      throw thrown;
    }
  }
}

export function close({ connection, prepared }: KeptStatement): void {
  prepared.destroySync();
  connection.closeSync();
}
