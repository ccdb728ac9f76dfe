/**
 * The slot and the publication through which a table's changes are read, and what can be wrong with them.
 *
 * A slot holds the server's log from where it was last confirmed. Confirmed is only what is durable here, so a slot that stands
 * further than the cursor, or is gone, has given changes to somebody else or to nobody: a gap, which is told and never stepped over.
 */
import { createHash } from 'node:crypto';
import { WharfError } from '../../base/errors.ts';
import { randomName } from '../../base/random.ts';
import { postgresName, postgresText } from '../../kit/postgres-client.ts';
import { formatLsn, parseLsn } from '../../protocols/postgres/lsn.ts';
import type { PostgresCursor } from './postgres-cursor.ts';
import type { SourceSession } from './source-session.ts';
import './errors.ts';

const NAME_MAX = 63;
const PREFIX = 'wharf_';

/** `wharf_orders_at_1_source_5f3a9c01`: who it belongs to, and a part that no other start has. */
export function newSlotName(id: string): string {
  const plain = id
    .replace(/^capture\//, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_');
  const suffix = `_${randomName(4)}`;
  const room = NAME_MAX - PREFIX.length - suffix.length;
  const hash = createHash('sha256').update(id).digest('hex').slice(0, 8);
  return PREFIX + (plain.length > room ? `${plain.slice(0, room - 9)}_${hash}` : plain) + suffix;
}

/** Whether a name is one that was made for this input: slots that were there before are nobody's to drop but their owner's. */
export function isMadeFor(id: string, slot: string): boolean {
  return withoutSuffix(newSlotName(id)) === withoutSuffix(slot);
}

function withoutSuffix(slot: string): string {
  return slot.slice(0, slot.lastIndexOf('_'));
}

/** The server's own identifier, which a copy of it on another machine shares and another server does not. */
export async function readSystem(session: Pick<SourceSession, 'ask'>): Promise<string> {
  const [row] = await session.ask('select system_identifier::text as id from pg_control_system()');
  return row?.id ?? '';
}

/** Throws POSTGRES_SETTING. */
export async function checkServer(session: SourceSession): Promise<void> {
  const [row] = await session.ask('show wal_level');
  if (row?.wal_level === 'logical') return;
  throw new WharfError(
    'POSTGRES_SETTING',
    `The server of the connection "${session.connection.name}" has wal_level "${row?.wal_level}"; expected "logical".`,
    { hint: 'Run: alter system set wal_level = logical; then restart the server.' },
  );
}

export async function makePublication(session: SourceSession, name: string): Promise<void> {
  const sql = 'select 1 as found from pg_publication where pubname = $1';
  const [known] = await session.ask(sql, [name]);
  if (!known) {
    const table = session.tableSql;
    await session.ask(
      `create publication ${postgresName(name)} for table ${table} with (publish_via_partition_root = true)`,
    );
  }
  const [published] = await session.ask(
    'select 1 as found from pg_publication_tables where pubname = $1 and schemaname = $2 and tablename = $3',
    [name, session.table.schema, session.table.name],
  );
  if (published) return;
  throw new WharfError(
    'POSTGRES_SETTING',
    `The publication "${name}" does not hold the table "${session.tableText}".`,
    { hint: `Run: alter publication ${postgresName(name)} add table ${session.tableSql}` },
  );
}

export interface SlotState {
  readonly confirmed: bigint;
  readonly isActive: boolean;
  /** The server removed the log that the slot needs. */
  readonly isLost: boolean;
  /** Bytes of log that the server keeps for it. */
  readonly heldBytes: number;
}

/** Undefined when there is no such slot. */
export async function readSlot(session: SourceSession, name: string): Promise<SlotState | undefined> {
  const [row] = await session.ask(
    `select coalesce(confirmed_flush_lsn, restart_lsn)::text as confirmed, active::text as active, wal_status as status,
     coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn), 0)::text as held
     from pg_replication_slots where slot_name = $1 and database = current_database()`,
    [name],
  );
  if (!row) return undefined;
  return {
    confirmed: row.confirmed ? parseLsn(row.confirmed) : 0n,
    isActive: row.active === 'true',
    isLost: row.status === 'lost' || !row.confirmed,
    heldBytes: Math.max(0, Number(row.held)),
  };
}

/** Where the slot begins. Waits for the transactions that run at the server now. */
export async function makeSlot(session: SourceSession, name: string): Promise<string> {
  const known = await readSlot(session, name);
  if (known) return formatLsn(known.confirmed);
  const [row] = await session.ask(
    `select lsn::text as lsn from pg_create_logical_replication_slot(${postgresText(name)}, 'pgoutput')`,
  );
  return row?.lsn ?? '0/0';
}

/** Removes the slot and the publication, where they are there and nobody uses them. */
export async function dropSlot(session: SourceSession, slot: string, publication: string): Promise<void> {
  await session.ask(
    'select pg_drop_replication_slot(slot_name) from pg_replication_slots where slot_name = $1 and not active',
    [slot],
  );
  await session.ask(`drop publication if exists ${postgresName(publication)}`);
}

/** Why going on from the cursor would leave changes out; undefined when it would not. */
export async function findGap(session: SourceSession, cursor: PostgresCursor): Promise<string | undefined> {
  if (cursor.system !== (await readSystem(session))) return 'the server is another one than before';
  if (cursor.table !== session.table.oid)
    return `the table "${session.tableText}" is another one than before (it was dropped and made again)`;
  const column = changedColumn(session, cursor);
  if (column !== undefined) return column;
  if (cursor.step === 'begin') return undefined;
  const slot = await readSlot(session, cursor.slot);
  if (!slot) return `the replication slot "${cursor.slot}" is gone`;
  if (slot.isLost) return `the server no longer has the log that the slot "${cursor.slot}" needs`;
  if (slot.confirmed > parseLsn(cursor.lsn))
    return `the slot "${cursor.slot}" stands at ${formatLsn(slot.confirmed)}, and this data folder has read up to ${cursor.lsn}`;
  return undefined;
}

/** The log does not tell what altering a table did to the rows that are there. */
function changedColumn({ table, context }: SourceSession, { columns }: PostgresCursor): string | undefined {
  for (const { name, typeOid, typeText } of table.columns) {
    const before = columns[name];
    if (before === undefined && context.fields.some((field) => field.name === name))
      return `the field "${name}" is new, and rows that were read before do not have it`;
    if (before !== undefined && before !== typeOid)
      return `the column "${name}" is of another type than before (${typeText} now), and what that did to its values is not in the log`;
  }
  return undefined;
}

export function gapError(session: SourceSession, why: string): WharfError {
  return new WharfError(
    'POSTGRES_GAP',
    `Changes of "${session.tableText}" were lost: ${why}. What the product holds stands as it was before.`,
    {
      hint: 'Write "on_gap: reread" at the input: the table is then read again, and what differs is journaled.',
      retryable: session.options.rereadsGaps,
    },
  );
}
