/** The process of a guest, with a limit to its memory that the engine in it cannot get round. */
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { entryFile } from '../base/entry.ts';
import { GUEST_LIBUV_THREADS, GUEST_MEMORY_MB, GUEST_PROCESS_MEMORY_MB } from './limits.ts';

/** Limits the memory of a guest from outside, where the machine has it. */
export const MEMORY_LIMITER = '/usr/bin/prlimit';

export function hasMemoryLimiter(): boolean {
  return existsSync(MEMORY_LIMITER);
}

/** Without `prlimit` the engine's own limit has to do; `wharf doctor` is where that is told. */
export function startGuest(): ChildProcess {
  const program = entryFile('guest-child.cjs');
  const env = {
    PATH: process.env.PATH,
    UV_THREADPOOL_SIZE: String(GUEST_LIBUV_THREADS),
    MALLOC_ARENA_MAX: '2',
    TZ: 'UTC',
  };
  const options = { serialization: 'advanced', stdio: ['ignore', 'ignore', 'ignore', 'ipc'], env } as const;
  if (!hasMemoryLimiter()) return fork(program, [], { ...options, stdio: [...options.stdio], execArgv: [] });
  const bytes = (GUEST_MEMORY_MB + GUEST_PROCESS_MEMORY_MB) * 1024 * 1024;
  return spawn(MEMORY_LIMITER, [`--data=${bytes}`, '--core=0', process.execPath, program], {
    ...options,
    stdio: [...options.stdio],
  });
}
