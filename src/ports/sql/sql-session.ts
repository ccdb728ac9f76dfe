/**
 * One connection's conversation, after its start-up: which statements are prepared, which portals are open, and in which transaction.
 */
import { WharfError } from '../../base/errors.ts';
import type { SqlDescription, SqlHost, SqlPrincipal } from '../../kit/sql.ts';
import * as backend from '../../protocols/postgres/backend-messages.ts';
import type { FrontendMessage } from '../../protocols/postgres/frontend-reader.ts';
import { readRows } from '../../protocols/postgres/row-messages.ts';
import { splitStatements } from '../../protocols/postgres/split-statements.ts';
import { pgTypeOf } from '../../schema/pg-type.ts';
import { applyCommand } from './apply-command.ts';
import { type CopyFormat, copyLine } from './copy-out.ts';
import { fieldsOf, Portal } from './portal.ts';
import { type BoundStatement, boundQuery, type PreparedStatement } from './prepared-statement.ts';
import { sessionCommand } from './session-command.ts';
import { errorFields, SessionError } from './session-error.ts';
import { SessionSettings } from './session-settings.ts';
import { SessionStatements } from './session-statements.ts';
import { FIRST_ROWS, STATEMENTS_AT_ONCE_MAX } from './sql-limits.ts';
import { formatAt, readParam } from './statement-params.ts';
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
  #skipsToSync = false;
  #cancel = new AbortController();

  constructor(options: SessionOptions) {
    this.#options = options;
    this.settings = new SessionSettings();
    this.#transaction = new Transaction(() => options.host.sql.vector(this.settings.at));
  }

  /** True while a statement is held open between messages. */
  get holdsStatement(): boolean {
    return this.#statements.holdsPortal;
  }

  cancel(): void {
    this.#cancel.abort(
      new WharfError('SQL_CANCELLED', 'The statement was cancelled on request.', {
        details: { sqlState: '57014' },
      }),
    );
  }

  async handle(message: FrontendMessage): Promise<void> {
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

  async close(): Promise<void> {
    this.cancel();
    await this.#statements.closePortal(undefined);
  }

  async #sync(): Promise<void> {
    this.#skipsToSync = false;
    if (this.#transaction.status === 'I') await this.close();
    this.#cancel = new AbortController();
    await this.#send(backend.readyForQuery(this.#transaction.status));
  }

  /** One text, of any number of statements; the first that fails is the last one run. */
  async #simpleQuery(text: string): Promise<void> {
    this.#cancel = new AbortController();
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
    await this.#execute(bound, 0, true);
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
        return this.#execute(this.#statements.bound(message.portal), Math.max(0, message.rowsMax), false);
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
      prepared.description = await this.#describe(prepared.command.sql);
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
    await this.#sendFields(prepared);
  }

  async #describeBound(bound: BoundStatement): Promise<void> {
    if (bound.command.kind !== 'query') return this.#sendFields(bound.prepared);
    const portal = await this.#start(bound, bound.command.sql);
    await this.#send(backend.rowDescription(portal.fields));
  }

  #sendFields({ command, description }: PreparedStatement): Promise<void> {
    if (command.kind === 'fetch') {
      const { portal } = this.#statements.bound(command.name);
      if (portal) return this.#send(backend.rowDescription(portal.fields));
    }
    const columns =
      command.kind === 'show' ? [{ name: command.name, type: 'VARCHAR' }] : description?.columns;
    return this.#send(columns ? backend.rowDescription(fieldsOf(columns, [])) : backend.noData());
  }

  async #describe(sql: string): Promise<SqlDescription> {
    const { host, principal } = this.#options;
    const { vector } = this.#transaction;
    return host.sql.describe({
      sql,
      principal,
      vector,
      searchPath: this.settings.searchPath,
      signal: this.#signal(),
    });
  }

  /** The statement at work; it begins when it is first asked about. */
  async #start(bound: BoundStatement, sql: string): Promise<Portal> {
    if (bound.portal) return bound.portal;
    this.#transaction.refuseIfFailed();
    const { host, principal } = this.#options;
    const binary = await this.#binaryOf(bound, sql);
    const answer = await host.sql.run({
      sql,
      params: bound.params,
      principal,
      vector: this.#transaction.vector,
      searchPath: this.settings.searchPath,
      signal: this.#signal(),
      format: { kind: 'cells', binary },
      rowsMax: FIRST_ROWS,
    });
    bound.portal = new Portal(answer, binary);
    this.settings.notePositions(answer.positions);
    return bound.portal;
  }

  async #binaryOf({ results, prepared }: BoundStatement, sql: string): Promise<readonly boolean[]> {
    if (!results.includes(1)) return [];
    prepared.description ??= await this.#describe(sql);
    return prepared.description.columns.map((_, i) => formatAt(results, i) === 1);
  }

  async #execute(bound: BoundStatement, rowsMax: number, describes: boolean): Promise<void> {
    const { command } = bound;
    const endsFailure = ['rollback', 'commit', 'rollback-to'].includes(command.kind);
    if (!endsFailure) this.#transaction.refuseIfFailed();
    switch (command.kind) {
      case 'query':
        return this.#sendRows(await this.#start(bound, command.sql), rowsMax, 'SELECT');
      case 'copy':
        return this.#copy(await this.#start(bound, command.sql), command.format);
      case 'declare':
        return this.#declare(command.name, command.sql, bound);
      case 'fetch':
        return this.#fetch(command.name, command.rows === 'all' ? 0 : command.rows, describes);
      case 'show':
        if (describes) await this.#sendFields(bound.prepared);
        await this.#send(backend.dataRow([this.settings.show(command.name)]));
        return this.#send(backend.commandComplete('SHOW'));
      case 'empty':
        return this.#send(backend.emptyQueryResponse());
      default: {
        const { settings } = this;
        const state = {
          settings,
          transaction: this.#transaction,
          sql: this.#options.host.sql,
          dropStatements: (name: string | undefined) => this.#statements.drop(name),
          closePortals: (name: string | undefined) => this.#statements.closePortal(name),
        };
        return this.#send(backend.commandComplete(await applyCommand(command, state)));
      }
    }
  }

  async #declare(name: string, sql: string, { prepared, params }: BoundStatement): Promise<void> {
    this.#transaction.needs('declare');
    const bound: BoundStatement = {
      command: { kind: 'query', sql },
      params,
      results: [],
      prepared,
      portal: undefined,
    };
    this.#statements.refuseTakenPortal(name);
    await this.#start(bound, sql);
    this.#statements.bind(name, bound);
    await this.#send(backend.commandComplete('DECLARE CURSOR'));
  }

  /** `rows` 0 for all. */
  async #fetch(name: string, rows: number, describes: boolean): Promise<void> {
    const cursor = this.#statements.bound(name);
    const portal = await this.#start(cursor, cursor.command.kind === 'query' ? cursor.command.sql : '');
    if (describes) await this.#send(backend.rowDescription(portal.fields));
    await this.#sendRows(portal, rows, 'FETCH');
  }

  async #sendRows(portal: Portal, rowsMax: number, verb: string): Promise<void> {
    const before = portal.taken;
    const done = await portal.take(rowsMax, (bytes) => this.#send(bytes));
    if (!done && verb === 'SELECT') return this.#send(backend.portalSuspended());
    await this.#send(backend.commandComplete(`${verb} ${portal.taken - before}`));
  }

  async #copy(portal: Portal, format: CopyFormat): Promise<void> {
    const data = (cells: readonly (string | null)[]) =>
      backend.copyData(Buffer.from(copyLine(cells, format)));
    await this.#send(backend.copyOutResponse(portal.fields.length));
    if (format.header) await this.#send(data(portal.fields.map(({ name }) => name)));
    await portal.take(0, (bytes) => this.#send(Buffer.concat([...readRows(bytes)].map(data))));
    await this.#send(backend.copyDone());
    await this.#send(backend.commandComplete(`COPY ${portal.taken}`));
  }

  #signal(): AbortSignal {
    return AbortSignal.any([this.#cancel.signal, this.#options.gone]);
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
