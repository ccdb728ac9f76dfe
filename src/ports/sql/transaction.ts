/** A transaction is one vector of positions: every statement in it reads the products as they were when it began. */
import type { SqlVector } from '../../kit/sql.ts';
import type { TransactionStatus } from '../../protocols/postgres/backend-messages.ts';
import { SessionError } from './session-error.ts';

export class Transaction {
  readonly #take: () => SqlVector;
  #vector: SqlVector | undefined;
  #status: TransactionStatus = 'I';
  /** Of a text of several statements, which are one transaction though none of them says so. */
  #isImplicit = false;

  constructor(take: () => SqlVector) {
    this.#take = take;
  }

  get status(): TransactionStatus {
    return this.#status;
  }

  /** What a statement reads at. Outside of a transaction each takes its own. */
  get vector(): SqlVector {
    return this.#vector ?? this.#take();
  }

  begin(): void {
    this.#vector ??= this.#take();
    this.#status = 'T';
    this.#isImplicit = false;
  }

  /** Statements that came in one text read one vector. */
  beginImplicit(): void {
    if (this.#vector) return;
    this.#vector = this.#take();
    this.#isImplicit = true;
  }

  endImplicit(): void {
    if (this.#isImplicit) this.#vector = undefined;
    this.#isImplicit = false;
  }

  /** Returns what a client is told of it. */
  end(wanted: 'commit' | 'rollback'): string {
    const failed = this.#status === 'E';
    this.#vector = undefined;
    this.#status = 'I';
    return wanted === 'commit' && !failed ? 'COMMIT' : 'ROLLBACK';
  }

  /** Reads somewhere else from now on. */
  renew(): void {
    if (this.#vector) this.#vector = this.#take();
  }

  fail(): void {
    if (this.#status === 'T') this.#status = 'E';
  }

  /** There is nothing to undo: only the failure is forgotten. Throws SessionError. */
  rollbackToSavepoint(): void {
    if (this.#status === 'I') throw outside('rollback to savepoint');
    this.#status = 'T';
  }

  /** Throws SessionError. */
  needs(what: string): void {
    if (this.#status === 'I') throw outside(what);
  }

  /** Throws SessionError. */
  refuseIfFailed(): void {
    if (this.#status === 'E')
      throw new SessionError(
        '25P02',
        'A statement of this transaction failed, so no other is run.',
        'Send "rollback".',
      );
  }
}

function outside(what: string): SessionError {
  return new SessionError('25P01', `"${what}" can be used in a transaction only.`, 'Send "begin" first.');
}
