/**
 * The input `sse`: one connection after another to a stream of server-sent events, for ever.
 *
 * The data of each event is a record. Its id is the cursor, journaled in one commit with the records up to it, and sent as
 * `Last-Event-ID` when connecting again, whatever it looks like. So nothing is lost on our side; what a stream itself repeats
 * comes again, and is one row when the product has a key.
 *
 *   the stream ends, or says nothing for too long -> connect again after what it asked for with `retry`
 *   it cannot be reached, or answers 429 or 5xx   -> again, later and later; after CONNECTS_MAX in a row it is an error
 *   it answers 204                                -> an error: it says that there is nothing more
 *   an event is cut off by the end                -> it is none; the stream gives it again
 */
import { type CaptureBatch, type CaptureContext, definePullInput } from '../../kit/input.ts';
import { isRetryable, Patience } from '../../kit/web/patience.ts';
import { captureFromWeb, type WebCapture } from '../web-capture.ts';
import { SseConnection } from './sse-connection.ts';
import { readSseCursor } from './sse-cursor.ts';
import { readSseOptions, type SseOptions, sseOptionFields } from './sse-options.ts';

/** Attempts to connect that fail in a row before it is an error. */
const CONNECTS_MAX = 8;
/** A stream may not ask for a longer pause. */
const RETRY_MS_MAX = 600_000;
const RETRY_MS_DEFAULT = 1_000;

export const sseInput = definePullInput({
  name: 'sse',
  doc: 'A stream of server-sent events (SSE) with a JSON document each; it is taken up again where it was left.',
  options: sseOptionFields,
  capture,
});

function capture(context: CaptureContext): AsyncGenerator<CaptureBatch> {
  const options = readSseOptions(context.options);
  return captureFromWeb(context, options, (web) => follow(web, options));
}

async function* follow(
  { context, target, client }: WebCapture,
  options: SseOptions,
): AsyncGenerator<CaptureBatch> {
  const { clock, signal } = context;
  const patience = new Patience({ clock, signal, attemptsMax: CONNECTS_MAX });
  let lastId = readSseCursor(context.cursor);
  let failures = 0;
  let retryMs = RETRY_MS_DEFAULT;
  for (;;) {
    const connection = new SseConnection({ context, options, target, client, lastId });
    try {
      yield* connection.read();
    } catch (thrown) {
      signal.throwIfAborted();
      failures = connection.wasOpen ? 0 : failures + 1;
      if (!isRetryable(thrown) || failures >= CONNECTS_MAX) throw thrown;
      lastId = connection.lastId;
      retryMs = Math.min(connection.retryMs ?? retryMs, RETRY_MS_MAX);
      if (failures > 0) await patience.wait(failures, thrown);
      else await clock.sleep(retryMs, signal);
    }
  }
}
