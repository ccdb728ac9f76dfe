/**
 * What a kill would leave at this moment, without one: all threads of the process are stopped, its journal is copied, and it goes on. What it
 * had not handed to the system by then is in neither.
 */
import { cpSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';

const STOP_MS_MAX = 60_000;
const PAUSE = new Int32Array(new SharedArrayBuffer(4));

/** Copies the journal of a data folder to another while its process stands still; nothing else of this process runs meanwhile. */
export function takeImage(pid: number, data: string, to: string): void {
  process.kill(pid, 'SIGSTOP');
  try {
    untilStopped(pid);
    rmSync(to, { recursive: true, force: true });
    const lock = path.join(data, 'journal', 'lock.mdb');
    cpSync(path.join(data, 'journal'), path.join(to, 'journal'), {
      recursive: true,
      filter: (file) => file !== lock,
    });
  } finally {
    process.kill(pid, 'SIGCONT');
  }
}

export const canTakeImages = process.platform === 'linux';

/** A thread that is within a call to the disk stops after it. */
function untilStopped(pid: number): void {
  const deadline = Date.now() + STOP_MS_MAX;
  const threads = `/proc/${pid}/task`;
  const stands = (thread: string) =>
    /^\d+ \(.*\) [TtZX]/.test(readFileSync(`${threads}/${thread}/stat`, 'utf8'));
  while (!readdirSync(threads).every(stands)) {
    if (Date.now() > deadline) throw new Error(`Process ${pid} does not stop.`);
    Atomics.wait(PAUSE, 0, 0, 1);
  }
}
