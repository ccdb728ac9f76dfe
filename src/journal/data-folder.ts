import { mkdir, utimes } from 'node:fs/promises';
import path from 'node:path';
import { systemClock } from '../base/clock.ts';
import { codeOf, messageOf, WharfError } from '../base/errors.ts';
import {
  HEARTBEAT_MS,
  HEARTBEAT_STALE_MS,
  type Lock,
  type LockContent,
  lockFile,
  newestLock,
  newestNumber,
  rewriteLock,
  takeLock,
} from './lock-files.ts';
import { livenessOf, ownIdentity } from './process-identity.ts';

import './errors.ts';

/** Who asks for the folder. */
export interface HolderIdentity {
  readonly mesh: string;
}

/** What other processes may want to know of the holder, once it is known. */
export interface HolderDescription {
  /** Where its HTTP server listens. */
  readonly url?: string;
  /** What the commands of the same user show to it. */
  readonly secret?: string;
}

/** A data folder that this process alone uses. */
export interface DataFolder {
  readonly path: string;
  /** Aborts when another process took this one for gone and has the folder now: stop writing at once. */
  readonly lost: AbortSignal;
  /** Adds to what the lock says; replaced as a whole, readable by this user alone. */
  describe(description: HolderDescription): Promise<void>;
  /** Lets others have the folder; the second call does nothing. */
  release(): Promise<void>;
}

/** The process that holds a data folder. */
export interface Holder extends HolderDescription {
  readonly pid: number;
  readonly host: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly mesh: string;
}

/**
 * Creates the folder where it is missing, for this user alone, and takes its lock.
 * Throws DATA_FOLDER_LOCKED, naming the process that has it, and DATA_FOLDER_UNUSABLE.
 */
export async function openDataFolder(folder: string, identity: HolderIdentity): Promise<DataFolder> {
  const absolute = path.resolve(folder);
  const startedAt = new Date(systemClock.nowMs()).toISOString();
  const content: LockContent = { process: ownIdentity(), startedAt, mesh: identity.mesh };
  const taken = await take(absolute, content);
  if (typeof taken !== 'number') throw lockedError(absolute, taken);
  return new LockedFolder(absolute, taken, content);
}

/** Who has the folder now; undefined when nobody has. */
export async function readLock(folder: string): Promise<Holder | undefined> {
  const lock = await newestLock(path.resolve(folder));
  if (!lock?.held || !lock.content) return undefined;
  const { process: holder, startedAt, mesh, url, secret } = lock.content;
  return {
    pid: holder.pid,
    host: holder.host,
    startedAt,
    mesh,
    ...(url === undefined ? {} : { url }),
    ...(secret === undefined ? {} : { secret }),
  };
}

async function take(folder: string, content: LockContent): Promise<number | Lock> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    return await takeLock(folder, content);
  } catch (error) {
    throw new WharfError(
      'DATA_FOLDER_UNUSABLE',
      `The data folder "${folder}" cannot be used: ${messageOf(error)}.`,
      {
        hint: 'Check that this user may write there, or name another folder with --data.',
        place: { file: folder },
        cause: error,
      },
    );
  }
}

class LockedFolder implements DataFolder {
  readonly path: string;
  readonly #number: number;
  readonly #lost = new AbortController();
  readonly #heartbeat: NodeJS.Timeout;
  #content: LockContent;
  #released = false;

  constructor(folder: string, number: number, content: LockContent) {
    this.path = folder;
    this.#number = number;
    this.#content = content;
    // Real time: it is shown to other processes. It keeps no process alive.
    this.#heartbeat = setInterval(() => void this.#beat(), HEARTBEAT_MS).unref();
  }

  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  async describe(description: HolderDescription): Promise<void> {
    this.#content = { ...this.#content, ...description };
    await rewriteLock(this.path, this.#number, this.#content);
  }

  async release(): Promise<void> {
    if (this.#released) return;
    this.#released = true;
    clearInterval(this.#heartbeat);
    if (this.lost.aborted) return;
    const { process: holder, startedAt, mesh } = this.#content;
    await rewriteLock(this.path, this.#number, { process: holder, startedAt, mesh, released: true });
  }

  async #beat(): Promise<void> {
    try {
      const now = new Date(systemClock.nowMs());
      await utimes(lockFile(this.path, this.#number), now, now);
      if ((await newestNumber(this.path)) === this.#number || this.#released) return;
      this.#lose(new Error('another process has taken it'));
    } catch (error) {
      // Anything else may pass: the next beat tries again, well before others take this process for gone.
      if (codeOf(error) === 'ENOENT' && !this.#released) this.#lose(error);
    }
  }

  #lose(cause: unknown): void {
    clearInterval(this.#heartbeat);
    const message = `The lock of the data folder "${this.path}" was lost: ${messageOf(cause)}.`;
    const hint = 'Restart Wharf, and see to it that one process alone uses the folder.';
    this.#lost.abort(
      new WharfError('DATA_FOLDER_LOCKED', message, { hint, place: { file: this.path }, cause }),
    );
  }
}

function lockedError(folder: string, lock: Lock): WharfError {
  const seconds = HEARTBEAT_STALE_MS / 1_000;
  const wait = `If it certainly no longer runs, try again in ${seconds} seconds.`;
  if (!lock.content) {
    const message = `The data folder "${folder}" is used, but its lock "${lockFile(folder, lock.number)}" cannot be read.`;
    return new WharfError('DATA_FOLDER_LOCKED', message, { hint: wait, place: { file: folder } });
  }
  const { process: holder, startedAt, url } = lock.content;
  const at = url === undefined ? '' : ` at ${url}`;
  const known = livenessOf(holder) === 'alive';
  return new WharfError(
    'DATA_FOLDER_LOCKED',
    `The data folder "${folder}" is used by process ${holder.pid} on "${holder.host}"${at}, started ${startedAt}.`,
    {
      hint: `Stop that process first, or name another folder with --data.${known ? '' : ` ${wait}`}`,
      place: { file: folder },
      details: { pid: holder.pid, host: holder.host, startedAt, ...(url === undefined ? {} : { url }) },
    },
  );
}
