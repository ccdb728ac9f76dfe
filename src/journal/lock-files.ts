/**
 * The lock of a data folder: files `lock/1.json`, `lock/2.json`, ..., of which the one with the greatest number counts.
 *
 * Whoever finds the newest lock released or its process gone takes the next number. Creating that file is exclusive, so of
 * several who try only one gets it. The number never goes back (a released lock stays, marked as such), and files are removed
 * only by the holder of a greater number; so somebody who was slow and creates a number that was already used finds a greater
 * one when he looks again, and withdraws. That look is what makes him the holder.
 */
import { link, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { systemClock } from '../base/clock.ts';
import { codeOf } from '../base/errors.ts';
import { randomName } from '../base/random.ts';
import { livenessOf, type ProcessIdentity } from './process-identity.ts';

/** How often a holder shows that it is there, for those who cannot look at its process. */
export const HEARTBEAT_MS = 2_000;
/** After this long without a sign, a holder whose process cannot be looked at is taken for gone. */
export const HEARTBEAT_STALE_MS = 20_000;
const TAKE_ATTEMPTS_MAX = 20;
const LOCK_NAME = /^(\d{1,15})\.json$/;

/** What a lock says about its holder. */
export interface LockContent {
  readonly process: ProcessIdentity;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly mesh: string;
  readonly url?: string;
  readonly secret?: string;
  readonly released?: true;
}

export interface Lock {
  readonly number: number;
  /** Undefined when the file cannot be understood. */
  readonly content: LockContent | undefined;
  readonly held: boolean;
}

export function lockFolderOf(folder: string): string {
  return path.join(folder, 'lock');
}

export function lockFile(folder: string, number: number): string {
  return path.join(lockFolderOf(folder), `${number}.json`);
}

async function numbers(folder: string): Promise<number[]> {
  try {
    const names = await readdir(lockFolderOf(folder));
    const found = names.flatMap((name) => LOCK_NAME.exec(name)?.[1] ?? []);
    return found.map(Number).sort((a, b) => b - a);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
}

/** The greatest number that was given out; 0 for none. */
export async function newestNumber(folder: string): Promise<number> {
  return (await numbers(folder))[0] ?? 0;
}

/** The lock that counts; undefined when there never was one. */
export async function newestLock(folder: string): Promise<Lock | undefined> {
  for (;;) {
    const number = await newestNumber(folder);
    if (number === 0) return undefined;
    try {
      const file = lockFile(folder, number);
      const content = parse(await readFile(file, 'utf8'));
      const { mtimeMs } = await stat(file);
      return { number, content, held: isHeld(content, Math.abs(systemClock.nowMs() - mtimeMs)) };
    } catch (error) {
      // Removed by the holder of a greater number: there is a newer one to look at.
      if (codeOf(error) !== 'ENOENT') throw error;
    }
  }
}

function isHeld(content: LockContent | undefined, silentMs: number): boolean {
  if (content?.released) return false;
  const liveness = content ? livenessOf(content.process) : 'unknown';
  return liveness === 'unknown' ? silentMs < HEARTBEAT_STALE_MS : liveness === 'alive';
}

function parse(text: string): LockContent | undefined {
  try {
    const content = JSON.parse(text);
    return typeof content?.process?.pid === 'number' ? content : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Takes the lock: its number, or the lock of the one who holds it. */
export async function takeLock(folder: string, content: LockContent): Promise<number | Lock> {
  await mkdir(lockFolderOf(folder), { recursive: true, mode: 0o700 });
  for (let attempt = 0; attempt < TAKE_ATTEMPTS_MAX; attempt++) {
    const newest = await newestLock(folder);
    if (newest?.held) return newest;
    const number = (newest?.number ?? 0) + 1;
    if (!(await createExclusively(folder, number, content))) continue;
    if ((await newestNumber(folder)) === number) {
      await removeOlder(folder, number);
      return number;
    }
    await rm(lockFile(folder, number), { force: true });
  }
  throw new Error(`the lock changed hands ${TAKE_ATTEMPTS_MAX} times while it was looked at`);
}

async function removeOlder(folder: string, number: number): Promise<void> {
  const older = (await numbers(folder)).filter((other) => other < number);
  await Promise.all(older.map((other) => rm(lockFile(folder, other), { force: true })));
}

/** A link to a finished file: whoever sees the lock sees all of it. */
async function createExclusively(folder: string, number: number, content: LockContent): Promise<boolean> {
  const temporary = await writeTemporary(folder, content);
  try {
    await link(temporary, lockFile(folder, number));
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(temporary, { force: true });
  }
}

/** Replaces what the own lock says, as a whole; readable by this user alone, because it may hold a secret. */
export async function rewriteLock(folder: string, number: number, content: LockContent): Promise<void> {
  await rename(await writeTemporary(folder, content), lockFile(folder, number));
}

async function writeTemporary(folder: string, content: LockContent): Promise<string> {
  const temporary = path.join(lockFolderOf(folder), `${process.pid}-${randomName(4)}.tmp`);
  const handle = await open(temporary, 'wx', 0o600);
  try {
    await handle.writeFile(`${JSON.stringify(content, undefined, 2)}\n`);
  } finally {
    await handle.close();
  }
  return temporary;
}
