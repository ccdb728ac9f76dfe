/** The port `sql`: any Postgres client, on the wire protocol. */
import { randomInt } from 'node:crypto';
import { createServer, type Server } from 'node:net';
import { codeOf, messageOf, WharfError } from '../../base/errors.ts';
import { defineSqlPort, type SqlHost } from '../../kit/sql.ts';
import { type SessionNumbers, SqlConnection } from './sql-connection.ts';
import { SIGNING_IN_MAX, SQL_CONNECTIONS_MAX } from './sql-limits.ts';
import type { SqlSession } from './sql-session.ts';

const SECRET_MAX = 2 ** 31 - 1;

export const sqlPort = defineSqlPort({
  name: 'sql',
  doc: 'As a table of a Postgres database, for psql, BI tools and drivers; and by POST /api/sql.',
  options: [],
  async listen(host, address) {
    const connections = new Set<SqlConnection>();
    const numbers = sessionNumbers();
    const server = createServer((socket) => {
      const connection = new SqlConnection(socket, { host, numbers });
      const strangers = [...connections].filter(({ isSignedIn }) => !isSignedIn).length;
      const isFull = connections.size >= SQL_CONNECTIONS_MAX || strangers >= SIGNING_IN_MAX;
      connections.add(connection);
      socket.once('close', () => connections.delete(connection));
      if (isFull) connection.refuse('53300', 'There are too many connections; try again later.');
    });
    // Those that are turned away are told why; what comes beyond is not even accepted.
    server.maxConnections = SQL_CONNECTIONS_MAX + SIGNING_IN_MAX;
    const port = await listening(server, address, host);
    const close = () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        for (const connection of connections) connection.end();
      });
    return { port, close };
  },
});

function sessionNumbers(): SessionNumbers {
  const sessions = new Map<number, { readonly secret: number; readonly session: SqlSession }>();
  let last = 0;
  return {
    add(session) {
      last += 1;
      const secret = randomInt(SECRET_MAX);
      sessions.set(last, { secret, session });
      return { pid: last, secret };
    },
    remove: (pid) => void sessions.delete(pid),
    cancel(pid, secret) {
      const found = sessions.get(pid);
      if (found?.secret === secret) found.session.cancel();
    },
  };
}

/** Throws LISTEN_FAILED. */
function listening(
  server: Server,
  { host, port }: { readonly host: string; readonly port: number },
  { log }: SqlHost,
): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => {
      const hint =
        codeOf(cause) === 'EADDRINUSE'
          ? 'Another program uses the port: choose one with --sql-port, or 0 for any free one.'
          : 'Choose another --host or --sql-port.';
      reject(
        new WharfError('LISTEN_FAILED', `Could not listen on ${host}:${port} for SQL: ${messageOf(cause)}.`, {
          hint,
          cause,
        }),
      );
    });
    server.listen({ host, port }, () => {
      server.on('error', (error) => log.error(`The SQL port: ${messageOf(error)}`));
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : port);
    });
  });
}
