import type { Clock } from '../../base/clock.ts';
import type { FollowRequest, ProductReader, StreamRecord } from '../../kit/reader.ts';

/**
 * Starts to follow at once, and waits up to `startMs` for the first records. So a start that cannot be followed is known
 * before anything is answered. Throws what the reader throws.
 */
export async function openFollow(
  reader: ProductReader,
  request: FollowRequest,
  { clock, startMs }: { readonly clock: Clock; readonly startMs: number },
): Promise<AsyncIterable<readonly StreamRecord[]>> {
  const iterator = reader.follow(request)[Symbol.asyncIterator]();
  const first = iterator.next();
  const timer = new AbortController();
  const wait = request.from === 'latest' ? Promise.resolve() : clock.sleep(startMs, timer.signal);
  await Promise.race([first, wait.catch(() => undefined)]);
  timer.abort();
  return resumed(first, iterator);
}

/** The rest of an iteration whose first step has been taken. */
async function* resumed<T>(first: Promise<IteratorResult<T>>, iterator: AsyncIterator<T>): AsyncGenerator<T> {
  try {
    for (let step = await first; !step.done; step = await iterator.next()) yield step.value;
  } finally {
    await iterator.return?.();
  }
}
