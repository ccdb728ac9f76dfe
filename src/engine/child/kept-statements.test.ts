import type { DuckDBInstance } from '@duckdb/node-api';
import { describe, expect, it } from 'vitest';
import { KEPT_STATEMENTS_MAX } from '../limits.ts';
import { KeptStatements } from './kept-statements.ts';

/** Counts what is open. */
class CountedDatabase {
  connections = 0;
  statements = 0;

  get instance(): DuckDBInstance {
    return { connect: async () => this.#connect() } as unknown as DuckDBInstance;
  }

  #connect() {
    this.connections += 1;
    return {
      prepare: async (sql: string) => this.#prepare(sql),
      closeSync: () => {
        this.connections -= 1;
      },
    };
  }

  #prepare(sql: string) {
    if (sql.startsWith('wrong')) throw new Error(sql);
    this.statements += 1;
    return {
      clearBindings: () => undefined,
      destroySync: () => {
        this.statements -= 1;
      },
    };
  }
}

describe('kept statements', () => {
  it('are prepared once, and are never in two hands', async () => {
    const database = new CountedDatabase();
    const kept = new KeptStatements(database.instance);
    const [first, second] = [await kept.take('select 1'), await kept.take('select 1')];
    expect(second).not.toBe(first);
    kept.giveBack('select 1', first);
    expect(await kept.take('select 1')).toBe(first);
    kept.giveBack('select 1', first);
    kept.giveBack('select 1', second);
    expect(database).toMatchObject({ connections: 1, statements: 1 });
    expect(await kept.take('select 1')).toBe(second);
  });

  it('go when there are too many, those first that were used least lately', async () => {
    const database = new CountedDatabase();
    const kept = new KeptStatements(database.instance);
    const use = async (i: number) => {
      const statement = await kept.take(`select ${i}`);
      kept.giveBack(`select ${i}`, statement);
      return statement;
    };
    const first = await use(0);
    for (let i = 1; i < KEPT_STATEMENTS_MAX; i++) await use(i);
    expect(await use(0)).toBe(first);
    await use(KEPT_STATEMENTS_MAX);
    expect(database).toMatchObject({ connections: KEPT_STATEMENTS_MAX, statements: KEPT_STATEMENTS_MAX });
    expect(await use(0)).toBe(first);
  });

  it('leave no connection behind where they cannot be prepared', async () => {
    const database = new CountedDatabase();
    const kept = new KeptStatements(database.instance);
    await expect(kept.take('wrong')).rejects.toThrow('wrong');
    expect(database).toMatchObject({ connections: 0, statements: 0 });
  });
});
