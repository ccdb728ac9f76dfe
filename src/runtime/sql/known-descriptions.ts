/** What guests told of statements: it follows from the text and from the tables' declarations, which stay as long as the mesh does. */
import type { SqlDescription } from '../../kit/sql.ts';
import type { AdmittedStatement } from './admitted-statements.ts';
import type { NamedTable } from './open-database.ts';

/** Of one text, which may mean other tables in other sessions. */
const EACH_MAX = 16;

export class KnownDescriptions {
  /** They go with the statements that they describe. */
  readonly #known = new WeakMap<AdmittedStatement, Map<string, SqlDescription>>();

  get(statement: AdmittedStatement, tables: readonly NamedTable[]): SqlDescription | undefined {
    return this.#known.get(statement)?.get(nameOf(tables));
  }

  add(statement: AdmittedStatement, tables: readonly NamedTable[], description: SqlDescription): void {
    const each = this.#known.get(statement) ?? new Map<string, SqlDescription>();
    if (each.size >= EACH_MAX) each.clear();
    this.#known.set(statement, each.set(nameOf(tables), description));
  }
}

function nameOf(tables: readonly NamedTable[]): string {
  return JSON.stringify(tables.map(({ table: { schema, table }, schemas }) => [schema, table, schemas]));
}
