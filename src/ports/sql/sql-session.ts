/**
 * One connection's conversation, after its start-up: which statements are prepared, which portals are open, and in which transaction.
 *
 * A transaction is one vector of positions: every statement in it reads the products as they were when it began.
 */
import { WharfError } from '../../base/errors.ts';
import type { SqlDescription, SqlHost, SqlParam, SqlPrincipal, SqlVector } from '../../kit/sql.ts';
import * as backend from '../../protocols/postgres/backend-messages.ts';
import type { FrontendMessage } from '../../protocols/postgres/frontend-reader.ts';
import { readBinary } from '../../protocols/postgres/read-binary.ts';
import { readRows } from '../../protocols/postgres/row-messages.ts';
import { engineTypeOfOid, pgTypeOf } from '../../schema/pg-type.ts';
import { fieldsOf, Portal } from './portal.ts';
import { type SessionCommand, sessionCommand } from './session-command.ts';
import { errorFields, SessionError } from './session-error.ts';
import { SessionSettings } from './session-settings.ts';
import { FIRST_ROWS, PORTALS_MAX, STATEMENTS_MAX } from './sql-limits.ts';

export interface SessionOptions {
  readonly host: SqlHost;
  readonly principal: SqlPrincipal;
  /** Resolves when more may be sent. */
  readonly send: (bytes: Uint8Array) => Promise<void>;
  /** Aborted when the connection is gone. */
  readonly gone: AbortSignal;
}

interface Prepared {
  readonly command: SessionCommand;
  readonly oids: readonly number[];
  description: SqlDescription | undefined;
}

interface Bound {
  readonly command: SessionCommand;
  readonly params: readonly SqlParam[];
  readonly results: readonly number[];
  readonly prepared: Prepared;
  portal: Portal | undefined;
}

export class SqlSession {
  readonly settings: SessionSettings;
  readonly #options: SessionOptions;
  readonly #prepared = new Map<string, Prepared>();
  readonly #bound = new Map<string, Bound>();
  #vector: SqlVector | undefined;
  #status: backend.TransactionStatus = 'I';
  #skipsToSync = false;
  #cancel = new AbortController();

  constructor(options: SessionOptions) {
    this.#options = options;
    this.settings = new SessionSettings();
  }

  /** True while a statement is held open between messages. */
  get holdsStatement(): boolean {
    return [...this.#bound.values()].some(({ portal }) => portal !== undefined);
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
    for (const name of [...this.#bound.keys()]) await this.#closePortal(name);
  }

  async #sync(): Promise<void> {
    this.#skipsToSync = false;
    if (this.#status === 'I') await this.close();
    this.#cancel = new AbortController();
    await this.#send(backend.readyForQuery(this.#status));
  }

  async #simpleQuery(sql: string): Promise<void> {
    this.#cancel = new AbortController();
    try {
      await this.#closePortal('');
      const prepared: Prepared = { command: sessionCommand(sql), oids: [], description: undefined };
      const bound: Bound = {
        command: prepared.command,
        params: [],
        results: [],
        prepared,
        portal: undefined,
      };
      this.#bound.set('', bound);
      if (prepared.command.kind === 'query') await this.#describeBound(bound);
      await this.#execute(bound, 0, true);
    } catch (error) {
      await this.#fail(error);
    }
    await this.#closePortal('');
    await this.#sync();
  }

  async #extended(message: FrontendMessage): Promise<void> {
    switch (message.kind) {
      case 'parse':
        return this.#parse(message.name, message.sql, message.oids);
      case 'bind':
        return this.#bind(message);
      case 'describe':
        return message.of === 'statement'
          ? this.#describeStatement(this.#statement(message.name))
          : this.#describeBound(this.#portal(message.name));
      case 'execute':
        return this.#execute(this.#portal(message.portal), Math.max(0, message.rowsMax), false);
      case 'close':
        if (message.of === 'statement') this.#prepared.delete(message.name);
        else await this.#closePortal(message.name);
        return this.#send(backend.closeComplete());
      case 'flush':
        return;
      default:
        throw new SessionError('08P01', `A message of kind "${message.kind}" was not expected here.`);
    }
  }

  async #parse(name: string, sql: string, oids: readonly number[]): Promise<void> {
    if (name !== '' && this.#prepared.has(name))
      throw new SessionError('42P05', `The prepared statement "${name}" already exists.`);
    if (this.#prepared.size >= STATEMENTS_MAX)
      throw new SessionError(
        '53400',
        `A connection may have ${STATEMENTS_MAX} prepared statements.`,
        'Close those that are no longer used.',
      );
    const prepared: Prepared = { command: sessionCommand(sql), oids, description: undefined };
    if (prepared.command.kind === 'query' && this.#status !== 'E')
      prepared.description = await this.#describe(prepared.command.sql);
    this.#prepared.set(name, prepared);
    await this.#send(backend.parseComplete());
  }

  async #bind(message: Extract<FrontendMessage, { kind: 'bind' }>): Promise<void> {
    const prepared = this.#statement(message.statement);
    await this.#closePortal(message.portal);
    if (this.#bound.size >= PORTALS_MAX)
      throw new SessionError(
        '53400',
        `A connection may have ${PORTALS_MAX} portals open.`,
        'Close those that are no longer used.',
      );
    const wanted = prepared.description?.params.length ?? message.values.length;
    if (wanted !== message.values.length)
      throw new SessionError(
        '08P01',
        `The statement has ${wanted} parameters, received ${message.values.length} values.`,
      );
    const params = message.values.map((value, i) =>
      this.#param(prepared, value, i, formatAt(message.formats, i)),
    );
    this.#bound.set(message.portal, {
      command: prepared.command,
      params,
      results: message.results,
      prepared,
      portal: undefined,
    });
    await this.#send(backend.bindComplete());
  }

  #param(prepared: Prepared, value: Buffer | null, i: number, format: number): SqlParam {
    const oid = prepared.oids[i] || pgTypeOf(prepared.description?.params[i] ?? 'VARCHAR').oid;
    const type = engineTypeOfOid(oid);
    if (value === null) return { text: null, type };
    const text = format === 0 ? value.toString('utf8') : readBinary(value, oid);
    if (text === undefined)
      throw new SessionError(
        '0A000',
        `Parameter $${i + 1} has a type (OID ${oid}) that is read as text only.`,
      );
    return { text, type };
  }

  async #describeStatement(prepared: Prepared): Promise<void> {
    const params = prepared.description?.params ?? [];
    const oids = params.map((type, i) => prepared.oids[i] || pgTypeOf(type).oid);
    const columns = this.#columnsOf(prepared);
    await this.#send(backend.parameterDescription(oids));
    await this.#send(columns ? backend.rowDescription(fieldsOf(columns, [])) : backend.noData());
  }

  async #describeBound(bound: Bound): Promise<void> {
    if (bound.command.kind === 'query') {
      const portal = await this.#start(bound);
      return this.#send(backend.rowDescription(portal.fields));
    }
    const columns = this.#columnsOf(bound.prepared);
    await this.#send(columns ? backend.rowDescription(fieldsOf(columns, [])) : backend.noData());
  }

  #columnsOf({ command, description }: Prepared): SqlDescription['columns'] | undefined {
    if (command.kind === 'show') return [{ name: command.name, type: 'VARCHAR' }];
    return description?.columns;
  }

  async #describe(sql: string): Promise<SqlDescription> {
    const { host, principal } = this.#options;
    return host.sql.describe({ sql, principal, vector: this.#currentVector(), signal: this.#signal() });
  }

  /** The statement at work; it begins when it is first asked about. */
  async #start(bound: Bound, sql?: string): Promise<Portal> {
    if (bound.portal) return bound.portal;
    if (this.#status === 'E') throw aborted();
    const { host, principal } = this.#options;
    const text = sql ?? (bound.command.kind === 'query' ? bound.command.sql : '');
    const binary = await this.#binaryOf(bound, text);
    const answer = await host.sql.run({
      sql: text,
      params: bound.params,
      principal,
      vector: this.#currentVector(),
      signal: this.#signal(),
      format: { kind: 'cells', binary },
      rowsMax: FIRST_ROWS,
    });
    bound.portal = new Portal(answer, binary);
    this.settings.notePositions(answer.positions);
    return bound.portal;
  }

  async #binaryOf({ results, prepared }: Bound, sql: string): Promise<readonly boolean[]> {
    if (!results.includes(1)) return [];
    prepared.description ??= await this.#describe(sql);
    return prepared.description.columns.map(({ name, type }, i) => {
      const isBinary = formatAt(results, i) === 1;
      if (isBinary && type.endsWith('[]'))
        throw new SessionError('0A000', `The column "${name}" is an array, which is given as text only.`);
      return isBinary;
    });
  }

  async #execute(bound: Bound, rowsMax: number, describes: boolean): Promise<void> {
    const { command } = bound;
    if (this.#status === 'E' && command.kind !== 'rollback' && command.kind !== 'commit') throw aborted();
    switch (command.kind) {
      case 'query':
        return this.#sendRows(await this.#start(bound), rowsMax, 'SELECT');
      case 'copy':
        return this.#copy(await this.#start(bound, command.sql), command);
      case 'declare':
        return this.#declare(command.name, command.sql, bound);
      case 'fetch': {
        const portal = await this.#start(this.#portal(command.name));
        if (describes) await this.#send(backend.rowDescription(portal.fields));
        return this.#sendRows(portal, command.rows === 'all' ? 0 : command.rows, 'FETCH');
      }
      case 'show': {
        const value = this.settings.show(command.name);
        if (describes)
          await this.#send(backend.rowDescription(fieldsOf([{ name: command.name, type: 'VARCHAR' }], [])));
        await this.#send(backend.dataRow([value]));
        return this.#send(backend.commandComplete('SHOW'));
      }
      case 'empty':
        return this.#send(backend.emptyQueryResponse());
      default:
        return this.#send(backend.commandComplete(await this.#apply(command)));
    }
  }

  /** Commands that give no rows; returns the tag. */
  async #apply(command: SessionCommand): Promise<string> {
    switch (command.kind) {
      case 'begin':
        this.#vector ??= this.#currentVector();
        this.#status = 'T';
        return 'BEGIN';
      case 'commit':
      case 'rollback': {
        const failed = this.#status === 'E';
        this.#vector = undefined;
        this.#status = 'I';
        return command.kind === 'commit' && !failed ? 'COMMIT' : 'ROLLBACK';
      }
      case 'set':
        // A place to read at is looked at now, so that a wrong one is told at once.
        if (command.name === 'wharf.at' && command.value !== '') this.#options.host.sql.vector(command.value);
        this.settings.set(command.name, command.value);
        if (command.name === 'wharf.at' && this.#vector) this.#vector = this.#newVector();
        return 'SET';
      case 'reset':
        this.settings.reset(command.name);
        return 'RESET';
      case 'discard':
        this.#prepared.clear();
        this.settings.reset('all');
        return 'DISCARD ALL';
      case 'deallocate':
        this.#prepared.delete(command.name);
        return 'DEALLOCATE';
      case 'deallocate-all':
        this.#prepared.clear();
        return 'DEALLOCATE ALL';
      case 'close':
        await this.#closePortal(command.name);
        return 'CLOSE CURSOR';
      default:
        throw new SessionError('0A000', `"${command.kind}" is not available here.`);
    }
  }

  async #declare(name: string, sql: string, { prepared, params }: Bound): Promise<void> {
    if (this.#status === 'I')
      throw new SessionError(
        '25P01',
        'A cursor can be declared in a transaction only.',
        'Send "begin" first.',
      );
    if (this.#bound.size >= PORTALS_MAX)
      throw new SessionError('53400', `A connection may have ${PORTALS_MAX} portals open.`);
    const bound: Bound = {
      command: { kind: 'query', sql },
      params,
      results: [],
      prepared,
      portal: undefined,
    };
    await this.#start(bound);
    this.#bound.set(name, bound);
    await this.#send(backend.commandComplete('DECLARE CURSOR'));
  }

  async #sendRows(portal: Portal, rowsMax: number, verb: string): Promise<void> {
    const before = portal.taken;
    const done = await portal.take(rowsMax, (bytes) => this.#send(bytes));
    if (!done && verb === 'SELECT') return this.#send(backend.portalSuspended());
    await this.#send(backend.commandComplete(`${verb} ${portal.taken - before}`));
  }

  async #copy(
    portal: Portal,
    { csv, header }: { readonly csv: boolean; readonly header: boolean },
  ): Promise<void> {
    const line = csv ? csvLine : textLine;
    await this.#send(backend.copyOutResponse(portal.fields.length));
    if (header) await this.#send(backend.copyData(Buffer.from(line(portal.fields.map(({ name }) => name)))));
    await portal.take(0, async (bytes) => {
      const messages = [...readRows(bytes)].map((cells) => backend.copyData(Buffer.from(line(cells))));
      await this.#send(Buffer.concat(messages));
    });
    await this.#send(backend.copyDone());
    await this.#send(backend.commandComplete(`COPY ${portal.taken}`));
  }

  #currentVector(): SqlVector {
    return this.#vector ?? this.#newVector();
  }

  #newVector(): SqlVector {
    return this.#options.host.sql.vector(this.settings.at);
  }

  #signal(): AbortSignal {
    return AbortSignal.any([this.#cancel.signal, this.#options.gone]);
  }

  #statement(name: string): Prepared {
    const prepared = this.#prepared.get(name);
    if (prepared) return prepared;
    throw new SessionError('26000', `There is no prepared statement "${name}".`);
  }

  #portal(name: string): Bound {
    const bound = this.#bound.get(name);
    if (bound) return bound;
    throw new SessionError('34000', `There is no portal or cursor "${name}".`);
  }

  async #closePortal(name: string): Promise<void> {
    const bound = this.#bound.get(name);
    this.#bound.delete(name);
    await bound?.portal?.close();
  }

  async #fail(error: unknown): Promise<void> {
    if (this.#status === 'T') this.#status = 'E';
    const fields = errorFields(error);
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

/** No format: all text; one: for all; else one each. */
function formatAt(formats: readonly number[], i: number): number {
  return (formats.length === 1 ? formats[0] : formats[i]) ?? 0;
}

function aborted(): SessionError {
  return new SessionError(
    '25P02',
    'A statement of this transaction failed, so no other is run.',
    'Send "rollback".',
  );
}

function textLine(cells: readonly (string | null)[]): string {
  const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };
  return `${cells.map((cell) => (cell === null ? '\\N' : cell.replace(/[\\\n\r\t]/g, (c) => escapes[c] ?? c))).join('\t')}\n`;
}

function csvLine(cells: readonly (string | null)[]): string {
  const quoted = (cell: string) =>
    cell === '' || /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
  return `${cells.map((cell) => (cell === null ? '' : quoted(cell))).join(',')}\n`;
}
