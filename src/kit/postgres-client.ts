/**
 * A client of a Postgres server that a connection of mesh.yaml names: for inputs that read from it and deliveries that write to it.
 * Values come as the texts that the server's types print, in UTC and ISO forms, never as JavaScript numbers or dates.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type pg from 'pg';
import { codeOf, messageOf, WharfError } from '../base/errors.ts';
import type { NamedConnection, Reveal } from './connection.ts';
import './errors.ts';

const CONNECT_TIMEOUT_MS = 15_000;
const PORT = 5432;
/** What makes texts exact and the same on every server. */
const SETTINGS =
  '-c TimeZone=UTC -c DateStyle=ISO -c IntervalStyle=iso_8601 -c bytea_output=hex -c extra_float_digits=3';

export interface PostgresTarget {
  readonly connection: NamedConnection;
  readonly reveal: Reveal;
  /** What the path of `ca` starts from. */
  readonly baseFolder: string;
}

export interface OpenOptions {
  /** A connection that may also replicate. */
  readonly replication?: boolean;
  /** How the server's tables of activity name it. */
  readonly application?: string;
}

/**
 * Signed in; the caller ends it. Throws POSTGRES_UNREACHABLE (retryable), POSTGRES_REFUSED, REFERENCE_UNSET, and what reading the
 * authority's file throws.
 */
export async function openPostgres(target: PostgresTarget, options: OpenOptions = {}): Promise<pg.Client> {
  const { host, port, database, user, password } = target.connection.options;
  const config: pg.ClientConfig & { replication?: string } = {
    host: target.reveal(String(host)),
    port: Number(port ?? PORT),
    database: target.reveal(String(database)),
    user: target.reveal(String(user)),
    ...(password === undefined ? {} : { password: target.reveal(String(password)) }),
    ssl: await tlsOf(target),
    application_name: options.application ?? 'wharf',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    options: SETTINGS,
    types: { getTypeParser: () => (text: string) => text } as unknown as pg.CustomTypesConfig,
    ...(options.replication ? { replication: 'database' } : {}),
  };
  // Loaded when it is needed: it brings the web's own objects with it.
  const { default: driver } = await import('pg');
  const client = new driver.Client(config);
  // Without a listener a connection that breaks while nobody asks anything would end the process; the next query tells.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return client;
  } catch (thrown) {
    throw postgresError(thrown, target.connection);
  }
}

async function tlsOf({ connection, baseFolder }: PostgresTarget): Promise<pg.ClientConfig['ssl']> {
  const { tls, ca } = connection.options;
  if (tls === 'off') return false;
  if (tls === 'unverified') return { rejectUnauthorized: false };
  const file = ca === undefined ? undefined : path.resolve(baseFolder, String(ca));
  return { rejectUnauthorized: true, ...(file ? { ca: await readFile(file, 'utf8') } : {}) };
}

/** SQLSTATEs that pass by themselves: broken connections, restarts, too many clients, conflicts, timeouts. */
const PASSING = /^(08|40|53|55|57)/;
const SYSTEM = /^(ECONN|ENOT|ETIME|EPIPE|EAI_|EHOST|ENET)/;
const BROKEN = /terminated|timeout|timed out|not queryable|closed|socket|before secure TLS/i;
const CREDENTIALS = /^(28|3D)/;
/** `disk_full` */
const NO_ROOM = '53100';
/** `insufficient_privilege` */
const DENIED = '42501';

/** The error of a server or of the way to it, in our words; a WharfError stays as it is. */
export function postgresError(thrown: unknown, connection: NamedConnection): WharfError {
  if (thrown instanceof WharfError) return thrown;
  const state = codeOf(thrown) ?? '';
  const said = `"${connection.name}" (${String(connection.options.host)}): ${messageOf(thrown)}`;
  const cause = { cause: thrown };
  if (/does not support SSL/i.test(messageOf(thrown)))
    return new WharfError('POSTGRES_REFUSED', `The server of the connection ${said}`, {
      ...cause,
      hint: 'Have the server speak TLS, or write "tls: off" at the connection when the way to it is safe.',
    });
  if (CREDENTIALS.test(state))
    return new WharfError('POSTGRES_REFUSED', `Signing in was refused by the connection ${said}`, {
      ...cause,
      hint: 'Check user, password and database of the connection in mesh.yaml, and pg_hba.conf of the server.',
    });
  if (state === DENIED)
    return new WharfError('POSTGRES_DENIED', `A right is missing at the connection ${said}`, {
      ...cause,
      hint: 'Grant it to the user of the connection; the how-to page on Postgres lists what is needed.',
    });
  if (state === NO_ROOM)
    return new WharfError('POSTGRES_NO_ROOM', `There is no room left at the connection ${said}`, {
      ...cause,
      hint: 'Make room at the server; it is tried again by itself. What was there before is still there.',
    });
  const isPassing = PASSING.test(state) || SYSTEM.test(state) || BROKEN.test(messageOf(thrown));
  return new WharfError(
    isPassing ? 'POSTGRES_UNREACHABLE' : 'POSTGRES_FAILED',
    `The server of the connection ${said}${state ? ` (${state})` : ''}`,
    { ...cause, hint: isPassing ? 'It is tried again by itself.' : 'Mend it there; it is tried again.' },
  );
}

/** Runs one statement; rows of texts. Throws as `postgresError` says. */
export async function askPostgres<T extends Record<string, string | null>>(
  client: pg.Client,
  connection: NamedConnection,
  sql: string,
  values?: readonly unknown[],
): Promise<T[]> {
  try {
    return (await client.query<T>(sql, values && [...values])).rows;
  } catch (thrown) {
    throw postgresError(thrown, connection);
  }
}

/** `"a"."b"` for SQL. */
export function postgresName(...parts: readonly string[]): string {
  return parts.map((part) => `"${part.replaceAll('"', '""')}"`).join('.');
}

/** A text for SQL, quoted. */
export function postgresText(text: string): string {
  const quoted = `'${text.replaceAll("'", "''").replaceAll('\\', '\\\\')}'`;
  // A backslash means itself in every setting of the server only like this.
  return text.includes('\\') ? ` E${quoted}` : quoted;
}
