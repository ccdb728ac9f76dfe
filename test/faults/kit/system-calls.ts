/** Breaks a process at its N-th system call of a kind, by strace. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type RunningChild, startChild } from '../../../src/journal/children/start-child.ts';

/** Kinds of calls that change what is on disk. */
export const DISK_CALLS = [
  'pwrite64',
  'writev',
  'pwritev',
  'fdatasync',
  'fsync',
  'msync',
  'ftruncate',
  'rename',
  'unlink',
  'write',
] as const;
export type DiskCall = (typeof DISK_CALLS)[number];

export type Fault =
  | { readonly kind: 'kill' }
  /** The name of an error number: `EIO`, `ENOSPC`, `EMFILE`. The call does nothing. */
  | { readonly kind: 'error'; readonly error: string };

export function straceIsThere(): boolean {
  return process.platform === 'linux' && spawnSync('strace', ['-V'], { stdio: 'ignore' }).status === 0;
}

/** With one thread for files, the calls of a run come in nearly the same order each time. */
const ENV = { ...process.env, UV_THREADPOOL_SIZE: '1' };

/** How often one thread of a run makes each call, at most. Calls are counted by thread, as strace counts them when it injects. */
export async function countCalls(
  script: string,
  args: readonly string[],
  folder: string,
): Promise<ReadonlyMap<string, number>> {
  const trace = path.join(folder, 'calls.trace');
  const calls = `trace=${[...DISK_CALLS, 'openat', 'pread64'].join(',')}`;
  const child = startChild(
    'strace',
    ['-f', '-qq', '-o', trace, '-e', calls, process.execPath, script, ...args],
    {
      env: ENV,
    },
  );
  await child.ended;
  const counts = new Map<string, number>();
  for (const [, thread, call] of readFileSync(trace, 'utf8').matchAll(/^(\d+)\s+(\w+)\(/gm)) {
    const key = `${thread} ${call}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const most = new Map<string, number>();
  for (const [key, count] of counts) {
    const call = key.split(' ')[1] ?? '';
    most.set(call, Math.max(most.get(call) ?? 0, count));
  }
  return most;
}

/** Starts the script; the first of its threads to come to its N-th such call meets the fault there. */
export function startWithFault(
  script: string,
  args: readonly string[],
  fault: Fault & { readonly call: string; readonly when: number },
): RunningChild {
  const effect = fault.kind === 'kill' ? 'signal=KILL' : `error=${fault.error}`;
  const inject = `inject=${fault.call}:${effect}:when=${fault.when}`;
  const options = ['-f', '-qq', '-o', '/dev/null', '-e', `trace=${fault.call}`, '-e', inject];
  return startChild('strace', [...options, process.execPath, script, ...args], { env: ENV });
}
