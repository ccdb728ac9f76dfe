/** One moment of a server that several connections can read in. */
import type pg from 'pg';
import { askPostgres, postgresText } from '../../kit/postgres-client.ts';
import type { SourceSession } from './source-session.ts';

export interface SharedSnapshot {
  /** What `set transaction snapshot` takes; while the snapshot is held. */
  readonly name: string;
  /** What `pg_current_snapshot()` says. */
  readonly text: string;
  /** The server may then forget what only this snapshot sees. */
  release(): Promise<void>;
}

const BEGIN = 'begin isolation level repeatable read read only';

export async function openSnapshot(session: SourceSession): Promise<SharedSnapshot> {
  const client = await session.connect();
  await askPostgres(client, session.connection, BEGIN);
  const [row] = await askPostgres<Record<string, string>>(
    client,
    session.connection,
    'select pg_export_snapshot() as name, pg_current_snapshot()::text as text',
  );
  return { name: row?.name ?? '', text: row?.text ?? '', release: () => client.end() };
}

/** A connection that reads in the snapshot. */
export async function readerOf(session: SourceSession, snapshot: SharedSnapshot): Promise<pg.Client> {
  const client = await session.connect();
  await askPostgres(client, session.connection, BEGIN);
  await askPostgres(client, session.connection, `set transaction snapshot ${postgresText(snapshot.name)}`);
  return client;
}
