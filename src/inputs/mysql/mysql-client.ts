/** A client of a MySQL or MariaDB server that a connection of mesh.yaml names. Values come as the bytes that the server prints, with times in UTC. */
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import path from 'node:path';
import type { Connection, ConnectionOptions } from 'mysql2';
import { codeOf, messageOf, WharfError } from '../../base/errors.ts';
import type { NamedConnection, Reveal } from '../../kit/connection.ts';
import './errors.ts';

const CONNECT_TIMEOUT_MS = 15_000;
const PORT = 3306;
/** Times of the type TIMESTAMP are printed in the zone of the session. */
const SETTINGS = `set time_zone = '+00:00'`;

export interface MysqlTarget {
  readonly connection: NamedConnection;
  readonly reveal: Reveal;
  /** What the path of `ca` starts from. */
  readonly baseFolder: string;
}

/** What the driver tells of a column, as far as it is used. */
export interface MysqlColumn {
  readonly name: string;
  readonly columnType: number;
  readonly columnLength: number;
  readonly flags: number;
  readonly characterSet: number;
}

/** Signed in; the caller ends it with `breakOff`. Throws MYSQL_UNREACHABLE, MYSQL_REFUSED, REFERENCE_UNSET, and what reading `ca` throws. */
export async function openMysql(target: MysqlTarget, signal: AbortSignal): Promise<Connection> {
  const options = await connectionOptions(target);
  // Loaded when it is needed: few meshes read from such a server.
  const { default: driver } = await import('mysql2');
  signal.throwIfAborted();
  const client = driver.createConnection(options);
  // Without a listener a connection that breaks while nobody asks anything would end the process; the next statement tells.
  client.on('error', () => undefined);
  try {
    await untilStopped(signal, (done) => client.connect((failure) => done(failure)));
    await askMysql(client, SETTINGS, signal);
    return client;
  } catch (thrown) {
    breakOff(client);
    throw mysqlError(thrown, target.connection);
  }
}

async function connectionOptions({
  connection,
  reveal,
  baseFolder,
}: MysqlTarget): Promise<ConnectionOptions> {
  const { host, port, database, user, password, tls, ca } = connection.options;
  const isVerified = tls === 'verify' || tls === undefined;
  const server = reveal(String(host));
  if (isVerified && isIP(server) !== 0) throw nameless(connection, server);
  const file = ca === undefined ? undefined : path.resolve(baseFolder, String(ca));
  return {
    host: server,
    port: Number(port ?? PORT),
    database: reveal(String(database)),
    user: reveal(String(user)),
    ...(password === undefined ? {} : { password: reveal(String(password)) }),
    ...(tls === 'unverified' ? { ssl: { rejectUnauthorized: false } } : {}),
    ...(isVerified
      ? {
          ssl: {
            rejectUnauthorized: true,
            verifyIdentity: true,
            ...(file ? { ca: await readFile(file) } : {}),
          },
        }
      : {}),
    charset: 'utf8mb4',
    connectTimeout: CONNECT_TIMEOUT_MS,
    enableKeepAlive: true,
    // The driver gives no password in clear unless it is told to. A server must not ask for files of this machine, and names of columns must not become code.
    flags: ['-LOCAL_FILES'],
    disableEval: true,
    rowsAsArray: true,
    typeCast: false,
  };
}

/** For an address of numbers the driver checks that the certificate is one of "localhost". */
function nameless(connection: NamedConnection, server: string): WharfError {
  return new WharfError(
    'MYSQL_REFUSED',
    `The connection "${connection.name}" names its server by the address "${server}", for which no certificate can be checked.`,
    {
      hint: 'Write the name of the host that stands in its certificate, or "tls: unverified" or "tls: off".',
    },
  );
}

/** At once, whatever it is in the middle of. */
export function breakOff(client: Connection): void {
  client.destroy();
}

/** Runs one statement; of its answer the columns. Throws what the driver says, and the signal's reason. */
export function askMysql(
  client: Connection,
  sql: string,
  signal: AbortSignal,
): Promise<readonly MysqlColumn[]> {
  return untilStopped(signal, (done) =>
    client.query({ sql }, (failure, _, fields) =>
      done(failure, (fields ?? []) as unknown as readonly MysqlColumn[]),
    ),
  );
}

/** A connection that is broken off tells nobody who waits for it. */
function untilStopped<T>(
  signal: AbortSignal,
  begin: (done: (failure: Error | null, value?: T) => void) => void,
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    begin((failure, value) => {
      signal.removeEventListener('abort', stop);
      if (failure) reject(failure);
      else resolve(value as T);
    });
  });
}

const REFUSED = new Set([
  'ER_ACCESS_DENIED_ERROR',
  'ER_DBACCESS_DENIED_ERROR',
  'ER_BAD_DB_ERROR',
  'HANDSHAKE_NO_SSL_SUPPORT',
  'HANDSHAKE_SSL_ERROR',
  'AUTH_SWITCH_PLUGIN_ERROR',
]);
const DENIED = new Set([
  'ER_TABLEACCESS_DENIED_ERROR',
  'ER_COLUMNACCESS_DENIED_ERROR',
  'ER_SPECIFIC_ACCESS_DENIED_ERROR',
  'ER_PROCACCESS_DENIED_ERROR',
]);
/** Broken connections, restarts, too many clients, conflicts, timeouts. */
const PASSING =
  /^(ECONN|ENOT|ETIME|EPIPE|EAI_|EHOST|ENET|PROTOCOL_|ER_CON_COUNT|ER_TOO_MANY_USER|ER_LOCK_|ER_SERVER_SHUTDOWN|ER_NORMAL_SHUTDOWN|ER_QUERY_INTERRUPTED|ER_QUERY_TIMEOUT|ER_STATEMENT_TIMEOUT|ER_NEW_ABORTING|ER_ABORTING)/;
const CLOSED = /closed state|connection lost/i;

/** The error of a server or of the way to it, in our words; a WharfError stays as it is. */
export function mysqlError(thrown: unknown, connection: NamedConnection): WharfError {
  if (thrown instanceof WharfError) return thrown;
  const code = codeOf(thrown) ?? '';
  const said = `"${connection.name}" (${String(connection.options.host)}): ${messageOf(thrown)}`;
  const cause = { cause: thrown };
  if (REFUSED.has(code))
    return new WharfError('MYSQL_REFUSED', `Signing in was refused by the connection ${said}`, {
      ...cause,
      hint: 'Check user, password, database and "tls" of the connection in mesh.yaml.',
    });
  if (DENIED.has(code))
    return new WharfError('MYSQL_DENIED', `A right is missing at the connection ${said}`, {
      ...cause,
      hint: 'Grant it to the user of the connection: reading what the query reads is enough.',
    });
  const isPassing = PASSING.test(code) || CLOSED.test(messageOf(thrown));
  return new WharfError(
    isPassing ? 'MYSQL_UNREACHABLE' : 'MYSQL_FAILED',
    `The server of the connection ${said}${code ? ` (${code})` : ''}`,
    { ...cause, hint: isPassing ? 'It is tried again by itself.' : 'Mend it there; it is tried again.' },
  );
}
