/**
 * The steps in which a table is read (see `postgres-cursor.ts`), and why nothing is left out and nothing comes twice:
 *
 * 1. The slot is made before the first snapshot is opened, so every transaction that a snapshot does not see is behind the slot's
 *    beginning and comes from the log.
 * 2. What a range's snapshot did see and comes from the log as well is known by the transaction's id, and left out of that range.
 * 3. The cursor is one commit with the records before it, and the server is told to forget only what is durable here.
 *
 * What consumers see is at every position a state that the table had: all batches are open until the changes that were made
 * during the copy have been caught up with, and afterwards each ends with a whole transaction.
 */
import { WharfError } from '../../base/errors.ts';
import type { CaptureBatch } from '../../kit/input.ts';
import { batchOf } from '../rows/record-batch.ts';
import { TableCopy } from './copy-table.ts';
import { copyWhole } from './copy-whole.ts';
import { ChangeFollower, ReadAgain } from './follow-changes.ts';
import {
  type BeginCursor,
  type CopyCursor,
  type FollowCursor,
  type PostgresCursor,
  readPostgresCursor,
} from './postgres-cursor.ts';
import {
  checkServer,
  dropSlot,
  findGap,
  gapError,
  makePublication,
  makeSlot,
  newSlotName,
  readSlot,
  readSystem,
} from './replication-slot.ts';
import { openSnapshot } from './shared-snapshot.ts';
import type { SourceSession } from './source-session.ts';
import { shapeOf } from './table-shape.ts';
import { watchHeldLog } from './wal-watch.ts';
import './errors.ts';

const WAIT_FOR_COMMIT_MS = 5;
/** A server may take a while to notice that the process that read from a slot is gone. */
const SLOT_FREE_TRIES = 50;
const SLOT_FREE_MS = 100;

type Batches<T> = AsyncGenerator<CaptureBatch, T>;
type Progress = CaptureBatch['progress'];

interface Copied {
  readonly cursor: FollowCursor;
  readonly progress: Progress;
}

export async function* readSource(session: SourceSession): Batches<never> {
  await checkServer(session);
  // A column that is gone is told now, not when a row changes.
  await shapeOf(session.contract, session.table.columns, session.types);
  let cursor: PostgresCursor = yield* firstStep(session);
  for (;;) {
    let progress: Progress;
    if (cursor.step !== 'follow') ({ cursor, progress } = yield* copy(session, cursor));
    cursor = yield* follow(session, cursor, progress);
  }
}

/** Offers what the table has got since its first rows were read, and no field names. */
function tellNewColumns({ table, context, tableText }: SourceSession, cursor: PostgresCursor): void {
  const named = new Set(context.fields.map((field) => field.name));
  const isNew = (name: string) => cursor.columns[name] === undefined && !named.has(name);
  const news = table.columns.map((column) => column.name).filter(isNew);
  if (news.length === 0 || context.keepsExtra) return;
  context.warn(
    `"${tableText}" has new columns that are not read: ${news.join(', ')}. Add a field of its name to have one.`,
  );
}

/** From the durable cursor on, or from the beginning. Throws POSTGRES_GAP. */
async function* firstStep(session: SourceSession): Batches<PostgresCursor> {
  const cursor = readPostgresCursor(session.context.cursor);
  if (!cursor) return yield* begin(session, session.rangeKey.length === 0);
  tellNewColumns(session, cursor);
  const gap = await findGap(session, cursor);
  if (gap === undefined) return cursor;
  if (!session.options.rereadsGaps) throw gapError(session, gap);
  session.context.warn(`Changes of "${session.tableText}" were lost: ${gap}. The table is read again.`);
  if (session.options.slot === undefined) await dropSlot(session, cursor.slot, cursor.publication);
  return yield* begin(session, true);
}

/** The names are durable before anything of them is made at the server. */
async function* begin(
  session: SourceSession,
  whole: boolean,
  names?: { readonly slot: string; readonly publication: string },
): Batches<BeginCursor> {
  const { options, context, table } = session;
  const slot = names?.slot ?? options.slot ?? newSlotName(context.id);
  const cursor: BeginCursor = {
    step: 'begin',
    slot,
    publication: names?.publication ?? options.publication ?? slot,
    system: await readSystem(session),
    table: table.oid,
    columns: Object.fromEntries(table.columns.map(({ name, typeOid }) => [name, typeOid])),
    whole,
  };
  yield* announce(session, cursor);
  return cursor;
}

/** Resolves once the cursor is durable. */
async function* announce(session: SourceSession, cursor: BeginCursor): Batches<void> {
  const { context, tableText } = session;
  yield batchOf([], [], { table: tableText, cursor, open: true });
  const wanted = JSON.stringify(cursor);
  while (JSON.stringify(context.durable()) !== wanted)
    await context.clock.sleep(WAIT_FOR_COMMIT_MS, context.signal);
}

async function* copy(session: SourceSession, cursor: BeginCursor | CopyCursor): Batches<Copied> {
  if (cursor.step === 'copy') return yield* copyRanges(session, cursor);
  await makePublication(session, cursor.publication);
  const lsn = await makeSlot(session, cursor.slot);
  const { whole, ...source } = cursor;
  if (!whole) return yield* copyRanges(session, { ...source, step: 'copy', lsn, ranges: [] });
  const snapshot = await openSnapshot(session);
  const ranges = [{ after: null, to: null, at: null, done: true, snapshot: snapshot.text }];
  const after: FollowCursor = { ...source, step: 'follow', lsn, until: await markLog(session), ranges };
  yield* copyWhole(session, snapshot, cursor, after);
  await snapshot.release();
  return { cursor: after, progress: undefined };
}

async function* copyRanges(session: SourceSession, cursor: CopyCursor): Batches<Copied> {
  const snapshot = await openSnapshot(session);
  const table = await TableCopy.open(session, snapshot, cursor);
  yield* table.batches();
  await snapshot.release();
  const until = await markLog(session);
  return { cursor: { ...table.cursor, step: 'follow', until }, progress: table.progress };
}

/** Writes an empty message into the server's log; everything that a snapshot from before sees is before it. */
async function markLog(session: SourceSession): Promise<string> {
  const [row] = await session.ask(`select pg_logical_emit_message(true, 'wharf', '')::text as lsn`);
  return row?.lsn ?? '0/0';
}

/** Returns only when the table must be read again. */
async function* follow(
  session: SourceSession,
  cursor: FollowCursor,
  progress: Progress,
): Batches<BeginCursor> {
  await untilFree(session, cursor.slot);
  const watching = new AbortController();
  const signal = AbortSignal.any([session.context.signal, watching.signal]);
  const watch = watchHeldLog(session, cursor.slot, signal);
  try {
    yield* new ChangeFollower({ session, cursor, progress }).batches();
    throw new Error('Invariant broken: changes end with an error or the signal');
  } catch (thrown) {
    if (!(thrown instanceof ReadAgain)) throw thrown;
    session.context.warn(`The table "${session.tableText}" is read again: ${thrown.message}.`);
    return yield* begin(session, true, cursor);
  } finally {
    watching.abort(new Error('ended'));
    await watch;
  }
}

/** Throws POSTGRES_SLOT_BUSY. */
async function untilFree(session: SourceSession, slot: string): Promise<void> {
  const { clock, signal } = session.context;
  for (let tries = 0; tries < SLOT_FREE_TRIES; tries++) {
    if (!(await readSlot(session, slot))?.isActive) return;
    await clock.sleep(SLOT_FREE_MS, signal);
  }
  throw new WharfError('POSTGRES_SLOT_BUSY', `Somebody else reads from the replication slot "${slot}".`, {
    hint: 'Two servers with a copy of one data folder cannot both read; stop the other one.',
  });
}
