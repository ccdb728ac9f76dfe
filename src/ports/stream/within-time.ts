import type { Clock } from '../../base/clock.ts';

/** True when `done` resolves within `ms` or the signal is aborted; false when the time is over first. */
export async function isWithinTime(
  done: Promise<unknown>,
  ms: number,
  clock: Clock,
  signal?: AbortSignal,
): Promise<boolean> {
  const timer = new AbortController();
  const stop = signal ? AbortSignal.any([timer.signal, signal]) : timer.signal;
  const late = clock.sleep(ms, stop).then(
    () => false,
    () => true,
  );
  try {
    return await Promise.race([done.then(() => true), late]);
  } finally {
    timer.abort();
  }
}
