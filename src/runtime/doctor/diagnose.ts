/** What on this machine could keep Wharf from working well. */
import { existsSync } from 'node:fs';
import { readFile, rm, statfs } from 'node:fs/promises';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { formatBytes } from '../../base/duration.ts';
import { packageVersion } from '../../base/entry.ts';
import { codeOf, messageOf } from '../../base/errors.ts';
import { silentLog } from '../../base/log.ts';
import { randomName } from '../../base/random.ts';
import { startEngine } from '../../engine/start-engine.ts';
import { hasMemoryLimiter, MEMORY_LIMITER } from '../../engine/start-guest.ts';
import { findServer } from '../find-server.ts';

export interface Finding {
  readonly what: string;
  readonly level: 'ok' | 'warning' | 'error';
  readonly found: string;
  readonly hint?: string;
}

const DISK_FREE_WARN_BYTES = 5_000_000_000;
const DISK_FREE_ERROR_BYTES = 500_000_000;
const MEMORY_WARN_BYTES = 2_000_000_000;
const OPEN_FILES_WARN = 4_096;
const NODE_MAJOR_MIN = 20;
const NODE_MINOR_MIN = 19;

export interface DiagnoseOptions {
  readonly dataFolder: string;
  readonly port: number;
}

export async function diagnose(options: DiagnoseOptions): Promise<Finding[]> {
  return [
    nodeVersion(),
    await engineVersion(),
    memory(),
    guestLimits(),
    await disk(options.dataFolder),
    await openFiles(),
    await port(options),
    await dataFolder(options.dataFolder),
  ];
}

function nodeVersion(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const enough = major > NODE_MAJOR_MIN || (major === NODE_MAJOR_MIN && minor >= NODE_MINOR_MIN);
  const found = `Wharf ${packageVersion} on Node ${process.versions.node}, ${process.platform} ${process.arch}`;
  return enough
    ? { what: 'versions', level: 'ok', found }
    : {
        what: 'versions',
        level: 'error',
        found,
        hint: `Node ${NODE_MAJOR_MIN}.${NODE_MINOR_MIN} or newer is needed.`,
      };
}

async function engineVersion(): Promise<Finding> {
  const temporaryFolder = path.join(os.tmpdir(), `wharf-doctor-${randomName()}`);
  const engine = startEngine({ role: 'trusted', temporaryFolder, memoryMb: 128, threads: 1, log: silentLog });
  try {
    const { rows } = await engine.run('select version()');
    return { what: 'engine', level: 'ok', found: `DuckDB ${String(rows[0]?.[0])}` };
  } catch (thrown) {
    return {
      what: 'engine',
      level: 'error',
      found: messageOf(thrown),
      hint: 'Is the package @duckdb/node-api installed for this platform? npm ci',
    };
  } finally {
    await engine.close();
    await rm(temporaryFolder, { recursive: true, force: true });
  }
}

/** Consumers' SQL runs in processes whose memory is limited from outside; without the program that does it, by the engine alone. */
function guestLimits(): Finding {
  const what = 'SQL of consumers';
  if (hasMemoryLimiter()) return { what, level: 'ok', found: `held to its memory by ${MEMORY_LIMITER}` };
  return {
    what,
    level: 'warning',
    found: `${MEMORY_LIMITER} is missing: only the engine itself limits the memory of a consumer's statement`,
    hint: 'Install util-linux, or limit the memory of all of Wharf from outside (a container, systemd).',
  };
}

function memory(): Finding {
  const total = os.totalmem();
  const found = `${formatBytes(total)} in all, ${os.availableParallelism()} cores`;
  if (total >= MEMORY_WARN_BYTES) return { what: 'memory', level: 'ok', found };
  return {
    what: 'memory',
    level: 'warning',
    found,
    hint: `At least ${formatBytes(MEMORY_WARN_BYTES)} are recommended.`,
  };
}

async function disk(folder: string): Promise<Finding> {
  const { bavail, bsize } = await statfs(nearestFolder(folder));
  const free = bavail * bsize;
  const found = `${formatBytes(free)} free for ${folder}`;
  if (free < DISK_FREE_ERROR_BYTES)
    return { what: 'disk', level: 'error', found, hint: 'Capture stops when the disk is full: make room.' };
  if (free < DISK_FREE_WARN_BYTES)
    return { what: 'disk', level: 'warning', found, hint: 'Capture stops when the disk is full.' };
  return { what: 'disk', level: 'ok', found };
}

function nearestFolder(folder: string): string {
  let nearest = path.resolve(folder);
  while (!existsSync(nearest)) nearest = path.dirname(nearest);
  return nearest;
}

async function openFiles(): Promise<Finding> {
  try {
    const limits = await readFile('/proc/self/limits', 'utf8');
    const soft = /^Max open files\s+(\d+|unlimited)/m.exec(limits)?.[1] ?? 'unknown';
    const found = `${soft} open files`;
    if (soft === 'unlimited' || Number(soft) >= OPEN_FILES_WARN)
      return { what: 'limits', level: 'ok', found };
    return {
      what: 'limits',
      level: 'warning',
      found,
      hint: `Many connections need more: ulimit -n ${OPEN_FILES_WARN * 16}`,
    };
  } catch (thrown) {
    if (codeOf(thrown) !== 'ENOENT') throw thrown;
    return { what: 'limits', level: 'ok', found: 'not told by this system' };
  }
}

async function port({ dataFolder: folder, port: number }: DiagnoseOptions): Promise<Finding> {
  const server = await findServer(folder);
  if (server)
    return { what: 'port', level: 'ok', found: `this mesh is up at ${server.url} (process ${server.pid})` };
  const problem = await listenProblem(number);
  if (problem === undefined) return { what: 'port', level: 'ok', found: `${number} is free` };
  return {
    what: 'port',
    level: 'warning',
    found: `${number} cannot be used: ${problem}`,
    hint: 'Choose another with: wharf up --port',
  };
}

function listenProblem(number: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error) =>
      resolve(codeOf(error) === 'EADDRINUSE' ? 'another program has it' : error.message),
    );
    server.listen(number, '127.0.0.1', () => server.close(() => resolve(undefined)));
  });
}

async function dataFolder(folder: string): Promise<Finding> {
  if (!existsSync(folder))
    return { what: 'data folder', level: 'ok', found: `${folder} will be made by the first wharf up` };
  return { what: 'data folder', level: 'ok', found: folder };
}
