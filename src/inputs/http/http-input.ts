/** The input `http`: asks a web service again and again; `http-look.ts` says what one look does. */
import { type CaptureBatch, type CaptureContext, definePullInput } from '../../kit/input.ts';
import { sleepLong } from '../poll-times.ts';
import { captureFromWeb, type WebCapture } from '../web-capture.ts';
import { PageFetcher } from './fetch-page.ts';
import { readHttpCursor } from './http-cursor.ts';
import { HttpLook } from './http-look.ts';
import { type HttpOptions, httpOptionFields, readHttpOptions } from './http-options.ts';

export const httpInput = definePullInput({
  name: 'http',
  doc: 'A web service or a file on the web, in JSON, NDJSON or CSV, asked again and again.',
  options: httpOptionFields,
  capture,
});

function capture(context: CaptureContext): AsyncGenerator<CaptureBatch> {
  const options = readHttpOptions(context.options);
  return captureFromWeb(context, options, (web) => follow(web, options));
}

async function* follow(
  { context, target, client }: WebCapture,
  options: HttpOptions,
): AsyncGenerator<CaptureBatch> {
  const { clock, signal } = context;
  const fetcher = new PageFetcher(context, client, target, options.requestsPerSecond);
  let cursor = readHttpCursor(context.cursor);
  let caughtUp = false;
  const waitMs = cursor.open ? 0 : options.times.startMs(cursor.lookedMs, clock.nowMs());
  if (waitMs > 0) {
    caughtUp = true;
    context.caughtUp();
    await sleepLong(clock, waitMs, signal);
  }
  for (;;) {
    const before = cursor;
    cursor = yield* unlessAborted(new HttpLook({ context, options, target, fetcher, cursor }).read(), signal);
    if (cursor !== before || !caughtUp) {
      caughtUp = true;
      context.caughtUp();
    }
    await sleepLong(clock, options.times.pauseMs(clock.nowMs()), signal);
  }
}

/** The batches and what follows from them; throws the signal's reason between any two. */
async function* unlessAborted<T>(
  batches: AsyncGenerator<CaptureBatch, T>,
  signal: AbortSignal,
): AsyncGenerator<CaptureBatch, T> {
  try {
    for (;;) {
      const next = await batches.next();
      signal.throwIfAborted();
      if (next.done) return next.value;
      yield next.value;
      signal.throwIfAborted();
    }
  } finally {
    // Removes what a look that was broken off had fetched.
    await batches.return(undefined as T);
  }
}
