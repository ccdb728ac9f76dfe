/**
 * One connection's conversation, after its start-up: which statements are prepared, which portals are open, and in which transaction.
 */
import { WharfError } from '../../base/errors.ts';
import type { SqlHost, SqlPrincipal } from '../../kit/sql.ts';
import * as backend from '../../protocols/postgres/backend-messages.ts';
import type { FrontendMessage } from '../../protocols/postgres/frontend-reader.ts';
import { splitStatements } from '../../protocols/postgres/split-statements.ts';
import { pgTypeOf } from '../../schema/pg-type.ts';
import { type BoundStatement, boundQuery, type PreparedStatement } from './prepared-statement.ts';
import { sessionCommand } from './session-command.ts';
import { errorFields, SessionError } from './session-error.ts';
import { SessionSettings } from './session-settings.ts';
import { SessionStatements } from './session-statements.ts';
import { STATEMENTS_AT_ONCE_MAX } from './sql-limits.ts';
import { formatAt, readParam } from './statement-params.ts';
import { StatementRunner } from './statement-runner.ts';
import { Transaction } from './transaction.ts';

export interface SessionOptions {
  readonly host: SqlHost;
  readonly principal: SqlPrincipal;
  /** Resolves when more may be sent. */
  readonly send: (bytes: Uint8Array) => Promise<void>;
  /** Aborted when the connection is gone. */
  readonly gone: AbortSignal;
}

export class SqlSession {
  readonly settings: SessionSettings;
  readonly #options: SessionOptions;
  readonly #statements = new SessionStatements();
  readonly #transaction: Transaction;
  readonly #runner: StatementRunner;
  #skipsToSync = false;
  #isBusy = false;
  /** Stops what runs; taken anew once it was used. */
  #cancel = new AbortController();

  constructor(options: SessionOptions) {
    this.#options = options;
    this.settings = new SessionSettings();
    this.#transaction = new Transaction(() => options.host.sql.vector(this.settings.at));
    const { host, principal, send, gone } = options;
    this.#runner = new StatementRunner({
      ...{ host, principal, send, settings: this.settings },
      ...{ statements: this.#statements, transaction: this.#transaction },
      signal: () => this.#cancel.signal,
    });
    gone.addEventListener('abort', () => this.#cancel.abort(gone.reason), { once: true });
  }

  /** True while a statement is held open between messages. */
  get holdsStatement(): boolean {
    return this.#statements.holdsPortal;
  }

  /** Stops what runs. Where nothing does, what comes next is not meant. */
  cancel(): void {
    if (!this.#isBusy) return;
    this.#cancel.abort(
      new WharfError('SQL_CANCELLED', 'The statement was cancelled on request.', {
        details: { sqlState: '57014' },
      }),
    );
  }

  async handle(message: FrontendMessage): Promise<void> {
    this.#isBusy = true;
    try {
      await this.#handle(message);
    } finally {
      this.#isBusy = false;
    }
  }

  async close(): Promise<void> {
    this.cancel();
    await this.#statements.closePortal(undefined);
  }

  async #handle(message: FrontendMessage): Promise<void> {
    if (message.kind === 'sync') return this.#sync();
    if (message.kind === 'query') return this.#simpleQuery(message.sql);
    if (this.#skipsToSync) return;
    try {
      await this.#extended(message);
    } catch (error) {
      this.#skipsToSync = true;
      await this.#fail(error);
    }
  }

  async #sync(): Promise<void> {
    this.#skipsToSync = false;
    if (this.#transaction.status === 'I') await this.#statements.closePortal(undefined);
    this.#isBusy = false;
    if (this.#cancel.signal.aborted && !this.#options.gone.aborted) this.#cancel = new AbortController();
    await this.#send(backend.readyForQuery(this.#transaction.status));
  }

  /** One text, of any number of statements; the first that fails is the last one run. */
  async #simpleQuery(text: string): Promise<void> {
    const statements = splitStatements(text);
    let at = 0;
    try {
      if (statements.length > STATEMENTS_AT_ONCE_MAX)
        throw new SessionError(
          '54000',
          `A text may hold ${STATEMENTS_AT_ONCE_MAX} statements, received ${statements.length}.`,
        );
      if (statements.length > 1) this.#transaction.beginImplicit();
      if (statements.length === 0) await this.#send(backend.emptyQueryResponse());
      for (const statement of statements) {
        at = statement.at;
        await this.#runText(statement.sql);
      }
    } catch (error) {
      await this.#fail(error, at);
    }
    await this.#statements.closePortal('');
    this.#transaction.endImplicit();
    await this.#sync();
  }

  async #runText(sql: string): Promise<void> {
    await this.#statements.closePortal('');
    const bound = boundQuery(sessionCommand(sql));
    this.#statements.bind('', bound);
    if (bound.command.kind === 'query') await this.#describeBound(bound);
    await this.#runner.execute(bound, 0, true);
  }

  async #extended(message: FrontendMessage): Promise<void> {
    switch (message.kind) {
      case 'parse':
        return this.#parse(message.name, message.sql, message.oids);
      case 'bind':
        return this.#bind(message);
      case 'describe':
        return message.of === 'statement'
          ? this.#describeStatement(this.#statements.prepared(message.name))
          : this.#describeBound(this.#statements.bound(message.name));
      case 'execute':
        return this.#runner.execute(
          this.#statements.bound(message.portal),
          Math.max(0, message.rowsMax),
          false,
        );
      case 'close':
        if (message.of === 'statement') this.#statements.drop(message.name);
        else await this.#statements.closePortal(message.name);
        return this.#send(backend.closeComplete());
      case 'flush':
        return;
      default:
        throw new SessionError('08P01', `A message of kind "${message.kind}" was not expected here.`);
    }
  }

  async #parse(name: string, sql: string, oids: readonly number[]): Promise<void> {
    this.#statements.refuseTaken(name);
    const prepared: PreparedStatement = { command: sessionCommand(sql), oids, description: undefined };
    if (prepared.command.kind === 'query' && this.#transaction.status !== 'E')
      prepared.description = await this.#runner.describe(prepared.command.sql);
    this.#statements.prepare(name, prepared);
    await this.#send(backend.parseComplete());
  }

  async #bind(message: Extract<FrontendMessage, { kind: 'bind' }>): Promise<void> {
    const prepared = this.#statements.prepared(message.statement);
    await this.#statements.closePortal(message.portal);
    const wanted = prepared.description?.params.length ?? message.values.length;
    if (wanted !== message.values.length)
      throw new SessionError(
        '08P01',
        `The statement has ${wanted} parameters, received ${message.values.length} values.`,
      );
    const params = message.values.map((value, index) =>
      readParam({
        value,
        index,
        format: formatAt(message.formats, index),
        oid: prepared.oids[index] ?? 0,
        engineType: prepared.description?.params[index] ?? 'VARCHAR',
      }),
    );
    const { command } = prepared;
    this.#statements.bind(message.portal, {
      command,
      params,
      results: message.results,
      prepared,
      portal: undefined,
    });
    await this.#send(backend.bindComplete());
  }

  async #describeStatement(prepared: PreparedStatement): Promise<void> {
    const params = prepared.description?.params ?? [];
    const oids = params.map((type, i) => prepared.oids[i] || pgTypeOf(type).oid);
    await this.#send(backend.parameterDescription(oids));
    await this.#runner.sendFields(prepared);
  }

  async #describeBound(bound: BoundStatement): Promise<void> {
    if (bound.command.kind !== 'query') return this.#runner.sendFields(bound.prepared);
    const portal = await this.#runner.start(bound, bound.command.sql);
    await this.#send(backend.rowDescription(portal.fields));
  }

  /** `at` is where the statement begins in the text that its client sent. */
  async #fail(error: unknown, at = 0): Promise<void> {
    this.#transaction.fail();
    const fields = errorFields(error, at);
    if (fields.state === 'XX000')
      this.#options.host.log.error(`SQL: ${fields.message}`, {
        cause: error instanceof Error ? error.stack : String(error),
      });
    await this.#send(backend.errorResponse(fields));
  }

  #send(bytes: Uint8Array): Promise<void> {
    return this.#options.send(bytes);
  }
}
