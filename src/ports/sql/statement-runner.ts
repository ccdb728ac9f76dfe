/** Runs what a session has bound, and sends what comes of it: rows, their description, tags. */
import type { SqlDescription, SqlHost, SqlPrincipal } from '../../kit/sql.ts';
import * as backend from '../../protocols/postgres/backend-messages.ts';
import { readRows } from '../../protocols/postgres/row-messages.ts';
import { applyCommand } from './apply-command.ts';
import { type CopyFormat, copyLine } from './copy-out.ts';
import { fieldsOf, Portal } from './portal.ts';
import type { BoundStatement, PreparedStatement } from './prepared-statement.ts';
import type { SessionSettings } from './session-settings.ts';
import type { SessionStatements } from './session-statements.ts';
import { FIRST_ROWS } from './sql-limits.ts';
import { formatAt } from './statement-params.ts';
import type { Transaction } from './transaction.ts';

export interface RunnerOptions {
  readonly host: SqlHost;
  readonly principal: SqlPrincipal;
  /** Resolves when more may be sent. */
  readonly send: (bytes: Uint8Array) => Promise<void>;
  /** Aborted when what runs now is to stop. */
  readonly signal: () => AbortSignal;
  readonly settings: SessionSettings;
  readonly statements: SessionStatements;
  readonly transaction: Transaction;
}

export class StatementRunner {
  readonly #options: RunnerOptions;

  constructor(options: RunnerOptions) {
    this.#options = options;
  }

  async describe(sql: string): Promise<SqlDescription> {
    const { host, principal } = this.#options;
    const { vector } = this.#options.transaction;
    return host.sql.describe({
      sql,
      principal,
      vector,
      searchPath: this.#options.settings.searchPath,
      purpose: this.#options.settings.purpose,
      signal: this.#options.signal(),
    });
  }

  /** The statement at work; it begins when it is first asked about. */
  async start(bound: BoundStatement, sql: string): Promise<Portal> {
    if (bound.portal) return bound.portal;
    this.#options.transaction.refuseIfFailed();
    const { host, principal } = this.#options;
    const binary = await this.#binaryOf(bound, sql);
    const answer = await host.sql.run({
      sql,
      params: bound.params,
      principal,
      vector: this.#options.transaction.vector,
      searchPath: this.#options.settings.searchPath,
      purpose: this.#options.settings.purpose,
      signal: this.#options.signal(),
      format: { kind: 'cells', binary },
      rowsMax: FIRST_ROWS,
    });
    bound.portal = new Portal(answer, binary);
    this.#options.settings.notePositions(answer.positions);
    return bound.portal;
  }

  async #binaryOf({ results, prepared }: BoundStatement, sql: string): Promise<readonly boolean[]> {
    if (!results.includes(1)) return [];
    prepared.description ??= await this.describe(sql);
    return prepared.description.columns.map((_, i) => formatAt(results, i) === 1);
  }

  sendFields({ command, description }: PreparedStatement): Promise<void> {
    if (command.kind === 'fetch') {
      const { portal } = this.#options.statements.bound(command.name);
      if (portal) return this.#send(backend.rowDescription(portal.fields));
    }
    const columns =
      command.kind === 'show' ? [{ name: command.name, type: 'VARCHAR' }] : description?.columns;
    return this.#send(columns ? backend.rowDescription(fieldsOf(columns, [])) : backend.noData());
  }

  /** `rowsMax` 0 for all; `describes` is whether rows of a command have not been described yet. */
  async execute(bound: BoundStatement, rowsMax: number, describes: boolean): Promise<void> {
    const { command } = bound;
    const endsFailure = ['rollback', 'commit', 'rollback-to'].includes(command.kind);
    if (!endsFailure) this.#options.transaction.refuseIfFailed();
    switch (command.kind) {
      case 'query':
        return this.#sendRows(await this.start(bound, command.sql), rowsMax, 'SELECT');
      case 'copy':
        return this.#copy(await this.start(bound, command.sql), command.format);
      case 'declare':
        return this.#declare(command.name, command.sql, bound);
      case 'fetch':
        return this.#fetch(command.name, command.rows === 'all' ? 0 : command.rows, describes);
      case 'show':
        if (describes) await this.sendFields(bound.prepared);
        await this.#send(backend.dataRow([this.#options.settings.show(command.name)]));
        return this.#send(backend.commandComplete('SHOW'));
      case 'empty':
        return this.#send(backend.emptyQueryResponse());
      default: {
        const { settings } = this.#options;
        const state = {
          settings,
          transaction: this.#options.transaction,
          sql: this.#options.host.sql,
          dropStatements: (name: string | undefined) => this.#options.statements.drop(name),
          closePortals: (name: string | undefined) => this.#options.statements.closePortal(name),
        };
        return this.#send(backend.commandComplete(await applyCommand(command, state)));
      }
    }
  }

  async #declare(name: string, sql: string, { prepared, params }: BoundStatement): Promise<void> {
    this.#options.transaction.needs('declare');
    const bound: BoundStatement = {
      command: { kind: 'query', sql },
      params,
      results: [],
      prepared,
      portal: undefined,
    };
    this.#options.statements.refuseTakenPortal(name);
    await this.start(bound, sql);
    this.#options.statements.bind(name, bound);
    await this.#send(backend.commandComplete('DECLARE CURSOR'));
  }

  /** `rows` 0 for all. */
  async #fetch(name: string, rows: number, describes: boolean): Promise<void> {
    const cursor = this.#options.statements.bound(name);
    const portal = await this.start(cursor, cursor.command.kind === 'query' ? cursor.command.sql : '');
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

  #send(bytes: Uint8Array): Promise<void> {
    return this.#options.send(bytes);
  }
}
