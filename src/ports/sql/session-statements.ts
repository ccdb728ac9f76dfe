/** The prepared statements and portals of a session, by name; the one without a name is replaced by the next. */
import type { BoundStatement, PreparedStatement } from './prepared-statement.ts';
import { SessionError } from './session-error.ts';
import { PORTALS_MAX, STATEMENTS_MAX } from './sql-limits.ts';

export class SessionStatements {
  readonly #prepared = new Map<string, PreparedStatement>();
  readonly #bound = new Map<string, BoundStatement>();

  get holdsPortal(): boolean {
    return [...this.#bound.values()].some(({ portal }) => portal !== undefined);
  }

  /** Throws SessionError. */
  refuseTaken(name: string): void {
    if (name !== '' && this.#prepared.has(name))
      throw new SessionError('42P05', `The prepared statement "${name}" already exists.`);
    if (!this.#prepared.has(name) && this.#prepared.size >= STATEMENTS_MAX)
      throw new SessionError(
        '53400',
        `A connection may have ${STATEMENTS_MAX} prepared statements.`,
        'Close those that are no longer used.',
      );
  }

  prepare(name: string, statement: PreparedStatement): void {
    this.#prepared.set(name, statement);
  }

  /** Throws SessionError. */
  prepared(name: string): PreparedStatement {
    const prepared = this.#prepared.get(name);
    if (prepared) return prepared;
    throw new SessionError('26000', `There is no prepared statement "${name}".`);
  }

  /** Undefined: all of them. */
  drop(name: string | undefined): void {
    if (name === undefined) this.#prepared.clear();
    else this.#prepared.delete(name);
  }

  /** Throws SessionError. */
  refuseTakenPortal(name: string): void {
    if (this.#bound.has(name)) throw new SessionError('42P03', `The cursor "${name}" already exists.`);
  }

  /** Throws SessionError. */
  bind(name: string, bound: BoundStatement): void {
    if (this.#bound.size >= PORTALS_MAX)
      throw new SessionError(
        '53400',
        `A connection may have ${PORTALS_MAX} portals open.`,
        'Close those that are no longer used.',
      );
    this.#bound.set(name, bound);
  }

  /** Throws SessionError. */
  bound(name: string): BoundStatement {
    const bound = this.#bound.get(name);
    if (bound) return bound;
    throw new SessionError('34000', `There is no portal or cursor "${name}".`);
  }

  /** Undefined: all of them. */
  async closePortal(name: string | undefined): Promise<void> {
    for (const each of name === undefined ? [...this.#bound.keys()] : [name]) {
      const bound = this.#bound.get(each);
      this.#bound.delete(each);
      await bound?.portal?.close();
    }
  }
}
