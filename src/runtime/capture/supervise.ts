import type { Clock } from '../../base/clock.ts';
import { messageOf, WharfError } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import type { TaskMeter } from './task-status.ts';

const BACK_OFF_FIRST_MS = 500;
const BACK_OFF_MAX_MS = 60_000;
/** What will not mend itself is still tried again at times: somebody may have mended it from outside. */
const FAILED_RETRY_MS = 60_000;

export interface Supervised {
  readonly name: string;
  readonly meter: TaskMeter;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** Works until the signal, or throws. It starts from durable cursors, so it may be called again at any time. */
  work(): Promise<void>;
  /** Resolves when another try is worth it before its time, because what failed may have changed; or at the signal. */
  news?(signal: AbortSignal): Promise<void>;
}

/** Runs a task until the signal; after an error it is tried again, later and later, and the error is shown meanwhile. */
export async function supervise(task: Supervised): Promise<void> {
  let failures = 0;
  while (!task.signal.aborted) {
    const before = task.meter.accepted;
    try {
      await task.work();
      return;
    } catch (thrown) {
      if (task.signal.aborted) break;
      if (task.meter.accepted > before) failures = 0;
      const waitMs = tellFailure(task, thrown, failures++);
      await untilNextTry(task, waitMs);
    }
  }
  task.meter.state = 'stopped';
}

async function untilNextTry(task: Supervised, waitMs: number): Promise<void> {
  const waited = new AbortController();
  const signal = AbortSignal.any([task.signal, waited.signal]);
  const sleep = (ms: number) => task.clock.sleep(ms, signal).catch(() => undefined);
  const news = task.news;
  const waits = [sleep(waitMs)];
  if (news) waits.push(sleep(BACK_OFF_FIRST_MS).then(() => news.call(task, signal)));
  await Promise.race(waits);
  waited.abort();
}

function tellFailure(task: Supervised, thrown: unknown, failures: number): number {
  const known = thrown instanceof WharfError ? thrown : undefined;
  const code = known?.code ?? 'INTERNAL';
  const message = messageOf(thrown);
  const repeated = task.meter.lastError?.message === message;
  task.meter.lastError = { code, message, hint: known?.hint };
  const retryable = known?.retryable ?? false;
  task.meter.state = retryable ? 'retrying' : 'failed';
  if (!repeated)
    task.log.error(`${task.name}: ${message}`, { code, ...(known?.hint ? { hint: known.hint } : {}) });
  if (!known && !repeated && thrown instanceof Error) task.log.error(thrown.stack ?? message);
  return retryable ? Math.min(BACK_OFF_MAX_MS, BACK_OFF_FIRST_MS * 2 ** failures) : FAILED_RETRY_MS;
}
