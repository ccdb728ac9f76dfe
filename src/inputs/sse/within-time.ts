import type { Clock } from '../../base/clock.ts';

export type Timed<T> = { readonly value: T } | 'late';

/** The value, or `late` when it takes longer; the work goes on then. Rejects as the work does, or with the signal's reason. */
export async function withinTime<T>(
  work: Promise<T>,
  ms: number,
  clock: Clock,
  signal: AbortSignal,
): Promise<Timed<T>> {
  const decided = new AbortController();
  const late = clock.sleep(ms, AbortSignal.any([decided.signal, signal])).then(() => 'late' as const);
  try {
    return await Promise.race([work.then((value) => ({ value })), late]);
  } finally {
    late.catch(() => undefined);
    decided.abort();
  }
}
