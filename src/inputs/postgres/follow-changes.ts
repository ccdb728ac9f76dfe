/**
 * Reads a table's changes from its slot, transaction by transaction, for ever.
 *
 * The cursor stands behind whole transactions (`lsn`); inside of one that is larger than a batch it also counts the changes of it that
 * are journaled (`part`). The server sends every transaction that ended after `lsn` again after a restart, in the same order, so
 * going on from a cursor gives exactly what did not come before.
 */
import { WharfError } from '../../base/errors.ts';
import type { CaptureBatch } from '../../kit/input.ts';
import { formatLsn, parseLsn } from '../../protocols/postgres/lsn.ts';
import type {
  ChangeMessage,
  Relation,
  ReplicationMessage,
  Tuple,
} from '../../protocols/postgres/pgoutput.ts';
import { readJson } from '../../schema/json-reader.ts';
import { isJsonObject, memberOf, writeJson } from '../../schema/json-value.ts';
import { batchOf } from '../rows/record-batch.ts';
import type { Members, RowShape } from '../rows/row-shape.ts';
import { Changes, type TakenChanges } from './changes.ts';
import { CopiedFilter, type Seen } from './copied-filter.ts';
import type { FollowCursor } from './postgres-cursor.ts';
import { gapError } from './replication-slot.ts';
import { ReplicationStream } from './replication-stream.ts';
import type { SourceSession } from './source-session.ts';
import { shapeOf } from './table-shape.ts';
import './errors.ts';

/** On a quiet table the cursor moves on this often, so that the server need not keep the log of other tables. */
const HEARTBEAT_MS = 10_000;

interface OpenTransaction {
  readonly xid: number;
  readonly seen: Seen;
  /** Changes of it so far. */
  changes: number;
}

interface KnownRelation {
  readonly relation: Relation;
  readonly shape: RowShape;
}

interface FollowParts {
  readonly session: SourceSession;
  readonly cursor: FollowCursor;
  /** Of the copy that came before. */
  readonly progress: CaptureBatch['progress'];
}

/** Where the reading of changes is to be begun again otherwise: the table must be read as a whole. */
export class ReadAgain extends Error {}

export class ChangeFollower {
  readonly #session: SourceSession;
  readonly #progress: CaptureBatch['progress'];
  readonly #changes = new Changes();
  /** The table as the next change has it. */
  #known: KnownRelation | undefined;
  #cursor: FollowCursor;
  #filter: CopiedFilter | undefined;
  #transaction: OpenTransaction | undefined;
  /** Through where everything has been taken from the stream, or is not of this table. */
  #reached: bigint;
  #keptMs: number;
  #lastAlive = -1n;

  constructor({ session, cursor, progress }: FollowParts) {
    this.#session = session;
    this.#cursor = cursor;
    this.#progress = progress;
    this.#reached = parseLsn(cursor.lsn);
    this.#keptMs = session.context.clock.nowMs();
    this.#filter = cursor.ranges && new CopiedFilter(session, cursor.ranges);
  }

  /** Throws ReadAgain, SOURCE_COLUMN, POSTGRES_UNCHANGED_VALUE and what the connection throws. */
  async *batches(): AsyncGenerator<CaptureBatch> {
    const { context } = this.#session;
    const [now] = await this.#session.ask('select pg_current_wal_flush_lsn()::text as lsn');
    const there = parseLsn(now?.lsn ?? '0/0');
    const stream = await ReplicationStream.open(this.#session, this.#cursor);
    try {
      for (;;) {
        const messages = await stream.take(context.signal);
        let isQuiet = false;
        for (const message of messages) {
          if (message.kind === 'keepalive') isQuiet = this.#stayAlive(message.endLsn);
          else yield* this.#handle(message);
        }
        if (this.#changes.hasEnded || this.#isDue()) yield this.#closed();
        if (this.#transaction || this.#cursor.until) continue;
        if (isQuiet || this.#reached >= there) stream.isAsking = false;
        if (!stream.isAsking) context.caughtUp();
      }
    } finally {
      stream.close();
    }
  }

  /** True when nothing more was there for us since the last time. */
  #stayAlive(endLsn: bigint): boolean {
    if (!this.#transaction && endLsn > this.#reached) this.#reached = endLsn;
    const isQuiet = endLsn === this.#lastAlive;
    this.#lastAlive = endLsn;
    return isQuiet;
  }

  /** True when the cursor should move although nothing came. */
  #isDue(): boolean {
    if (this.#transaction || this.#reached <= parseLsn(this.#cursor.lsn)) return false;
    if (this.#cursor.until) return this.#reached >= parseLsn(this.#cursor.until);
    return this.#session.context.clock.nowMs() - this.#keptMs >= HEARTBEAT_MS;
  }

  async *#handle(message: Exclude<ReplicationMessage, { kind: 'keepalive' }>): AsyncGenerator<CaptureBatch> {
    switch (message.kind) {
      case 'begin':
        this.#transaction = { xid: message.xid, seen: this.#filter?.seen(message.xid) ?? 'none', changes: 0 };
        return;
      case 'commit':
        this.#transaction = undefined;
        this.#changes.end();
        this.#reached = message.endLsn;
        if (this.#changes.isFull() || this.#cursor.part) yield this.#closed();
        return;
      case 'relation':
        await this.#learn(message);
        return;
      default:
        yield* this.#change(message);
    }
  }

  /** Throws SOURCE_COLUMN, and POSTGRES_GAP for a column that is of another type than before. */
  async #learn(relation: Relation): Promise<void> {
    const { contract, types, context, table } = this.#session;
    if (relation.id !== table.oid) return;
    const shape = await shapeOf(contract, relation.columns, types);
    const altered = relation.columns.find(({ name, typeOid }) => {
      const before = this.#cursor.columns[name];
      return before !== undefined && before !== typeOid;
    });
    if (altered)
      throw gapError(
        this.#session,
        `the column "${altered.name}" is of another type than before, and what that did to its values is not in the log`,
      );
    const before = this.#known?.shape.unread ?? table.columns.map((column) => column.name);
    for (const name of shape.unread.filter((column) => !before.includes(column))) {
      context.warn(
        `"${contract.table}" has a new column "${name}", which is not read: add a field "${name}" to the product to have it.`,
      );
    }
    this.#known = { relation, shape };
  }

  async *#change(message: ChangeMessage): AsyncGenerator<CaptureBatch> {
    const transaction = this.#transaction;
    if (!transaction) throw new WharfError('POSTGRES_PROTOCOL', `A change came outside of a transaction.`);
    transaction.changes += 1;
    const { part } = this.#cursor;
    if (part?.xid === transaction.xid && transaction.changes <= part.changes) return;
    if (transaction.seen === 'all' || !this.#isOurs(message)) return;
    if (message.kind === 'truncate') yield* this.#truncate(transaction);
    else await this.#take(message, transaction);
    if (this.#changes.isFull()) yield this.#openOrClosed(transaction);
  }

  /** A publication that was made by hand may hold other tables too. */
  #isOurs(message: ChangeMessage): boolean {
    const { oid } = this.#session.table;
    return message.kind === 'truncate' ? message.relations.includes(oid) : message.relation === oid;
  }

  /** All rows that are here are deleted; what came before in the same batch must be journaled first. */
  async *#truncate(transaction: OpenTransaction): AsyncGenerator<CaptureBatch> {
    if (transaction.seen === 'some') throw new ReadAgain('a range was truncated after it was copied');
    if (!this.#changes.isEmpty) {
      transaction.changes -= 1;
      yield this.#open(transaction);
      transaction.changes += 1;
    }
    const whole = { first: true, last: true, deletes: true };
    yield { ...this.#open(transaction), whole };
  }

  async #take(
    message: Exclude<ChangeMessage, { kind: 'truncate' }>,
    transaction: OpenTransaction,
  ): Promise<void> {
    const known = this.#known;
    if (!known) throw new WharfError('POSTGRES_PROTOCOL', `A change came before the table that it is of.`);
    const { shape } = known;
    const isNew = async (tuple: Tuple) =>
      transaction.seen === 'none' ||
      !(await this.#filter?.sawRow(transaction.xid, this.#rangeKeyOf(known, tuple)));
    if (message.kind === 'insert') {
      if (await isNew(message.row)) this.#changes.upsert(shape, shape.members(message.row));
      return;
    }
    if (message.kind === 'delete') {
      if (await isNew(message.old)) this.#changes.delete(shape, shape.members(message.old));
      return;
    }
    const old = message.old && shape.members(message.old);
    const members = await this.#completed(known, message, old);
    const isRenamed = old && shape.keyDocument(old) !== shape.keyDocument(members);
    if (isRenamed && (await isNew(message.old as Tuple))) this.#changes.delete(shape, old);
    if (await isNew(message.row)) this.#changes.upsert(shape, members);
  }

  #rangeKeyOf({ relation }: KnownRelation, tuple: Tuple): string[] {
    return this.#session.rangeKey.map((name) => {
      const index = relation.columns.findIndex((column) => column.name === name);
      return tuple[index] ?? '';
    });
  }

  /** With the values that did not change and were not sent: from the old row, what is about to be journaled, or the product. */
  async #completed(
    { shape }: KnownRelation,
    message: Extract<ChangeMessage, { kind: 'update' }>,
    old: Members | undefined,
  ): Promise<Members> {
    const members = shape.members(message.row);
    if (!members.includes(undefined)) return members;
    if (message.oldWhole && old) return members.map((member, i) => member ?? old[i]);
    const keyed = old ?? members;
    const pending = this.#changes.newest(shape.keyDocument(keyed));
    const known = pending ? fromMembers(pending) : await this.#fromProduct(shape.keyTexts(keyed));
    return members.map((member, i) => {
      if (member !== undefined) return member;
      const name = shape.columns[i]?.name ?? '';
      const value = known(name);
      if (value !== undefined) return value;
      throw this.#unchangedUnknown(name, shape.keyDocument(keyed));
    });
  }

  async #fromProduct(key: readonly string[]): Promise<(name: string) => string | undefined> {
    const row = await this.#session.context.row(key);
    const value = row === undefined ? undefined : readJson(row);
    return (name) => {
      const member = value !== undefined && isJsonObject(value) ? memberOf(value, name) : undefined;
      return member === undefined ? undefined : writeJson(member);
    };
  }

  #unchangedUnknown(column: string, key: string): WharfError {
    const { tableText, tableSql } = this.#session;
    return new WharfError(
      'POSTGRES_UNCHANGED_VALUE',
      `The row ${key} of "${tableText}" was changed, but not its large value "${column}", which was not sent and is not in the product.`,
      {
        hint: `Run: alter table ${tableSql} replica identity full; and write "on_gap: reread" after dropping the slot "${this.#cursor.slot}".`,
      },
    );
  }

  #openOrClosed(transaction: OpenTransaction): CaptureBatch {
    return this.#changes.hasEnded ? this.#closed() : this.#open(transaction);
  }

  /** Everything so far, in the middle of a transaction. */
  #open(transaction: OpenTransaction): CaptureBatch {
    const part = { xid: transaction.xid, changes: transaction.changes };
    this.#cursor = { ...this.#cursor, lsn: formatLsn(this.#reached), part };
    return this.#batch(this.#changes.takeAll(), true);
  }

  /** All transactions that have ended. Once the copy is caught up with, consumers see them. */
  #closed(): CaptureBatch {
    const { until, ranges, part: _, ...source } = this.#cursor;
    const isOpen = until !== undefined && this.#reached < parseLsn(until);
    const lsn = formatLsn(this.#reached);
    this.#cursor = { ...source, lsn, ...(isOpen && ranges ? { until, ranges } : {}) };
    if (!isOpen && this.#filter && !this.#transaction) this.#filter = undefined;
    this.#keptMs = this.#session.context.clock.nowMs();
    return this.#batch(this.#changes.takeEnded(), isOpen);
  }

  #batch({ lines, deletes }: TakenChanges, open: boolean): CaptureBatch {
    const { tableText } = this.#session;
    const progress = this.#progress && { ...this.#progress, totalBytes: this.#progress.doneBytes };
    return batchOf(lines, deletes, {
      table: tableText,
      cursor: this.#cursor,
      open,
      ...(progress ? { progress } : {}),
    });
  }
}

function fromMembers({ shape, members }: { shape: RowShape; members: Members | undefined }) {
  return (name: string) => members?.[shape.columns.findIndex((column) => column.name === name)];
}
