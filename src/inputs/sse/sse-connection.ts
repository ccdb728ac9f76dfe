/** One connection to a stream, from its request to its end. */
import { WharfError } from '../../base/errors.ts';
import type { CaptureBatch, CaptureContext } from '../../kit/input.ts';
import { checkStatus } from '../../kit/web/check-status.ts';
import { shownAddress } from '../../kit/web/shown-address.ts';
import { unreachable, type WebAnswer, type WebClient } from '../../kit/web/web-client.ts';
import type { WebTarget } from '../../kit/web/web-target.ts';
import { type ReadEvent, SseReader } from '../../protocols/sse-reader.ts';
import { EventBatch } from './event-batch.ts';
import type { SseOptions } from './sse-options.ts';
import { type Timed, withinTime } from './within-time.ts';
import './errors.ts';

/** Events wait no longer for others to be journaled with. */
const BATCH_MS_MAX = 200;
/** A stream that gives nothing for so long has given everything that was there. */
const QUIET_MS = 300;
/** One that always gives something counts as caught up after so long. */
const CAUGHT_UP_MS_MAX = 10_000;

export interface SseConnectionOptions {
  readonly context: CaptureContext;
  readonly options: SseOptions;
  readonly target: WebTarget;
  readonly client: WebClient;
  readonly lastId: string;
}

export class SseConnection {
  readonly #options: SseConnectionOptions;
  readonly #batch: EventBatch;
  readonly #reader: SseReader;
  #wasOpen = false;

  constructor(options: SseConnectionOptions) {
    this.#options = options;
    const { lastId, target } = options;
    const file = shownAddress(target.url);
    this.#batch = new EventBatch(file, lastId);
    this.#reader = new SseReader({ file, lastId });
  }

  /** The stream was there. */
  get wasOpen(): boolean {
    return this.#wasOpen;
  }

  get lastId(): string {
    return this.#batch.lastId;
  }

  get retryMs(): number | undefined {
    return this.#reader.retryMs;
  }

  /** Never returns. Throws SSE_BROKEN_OFF at the end of the stream, and whatever connecting throws. */
  async *read(): AsyncGenerator<CaptureBatch> {
    const answer = await this.#open();
    let why: unknown = this.#brokenOff();
    try {
      yield* this.#batches(answer.body[Symbol.asyncIterator]());
    } catch (thrown) {
      this.#options.context.signal.throwIfAborted();
      why = thrown;
    } finally {
      answer.body.destroy();
    }
    // Whole events that came before the stream broke off count.
    const rest = this.#batch.take();
    if (rest) yield rest;
    throw why;
  }

  async #open(): Promise<WebAnswer> {
    const { client, context, options, target, lastId } = this.#options;
    const answer = await client.send({
      url: target.url,
      method: 'GET',
      headers: {
        accept: 'text/event-stream',
        'cache-control': 'no-store',
        ...(lastId === '' ? {} : { 'last-event-id': encodeHeader(lastId) }),
      },
      credentials: target.credentials,
      signal: context.signal,
      silenceMs: options.silenceMs,
    });
    await checkStatus(answer, context.clock.nowMs());
    const type = answer.headers['content-type'] ?? '';
    if (answer.status !== 204 && type.startsWith('text/event-stream')) {
      this.#wasOpen = true;
      return answer;
    }
    answer.body.destroy();
    throw answer.status === 204 ? this.#ended() : this.#notAStream(type);
  }

  async *#batches(chunks: AsyncIterator<Uint8Array>): AsyncGenerator<CaptureBatch> {
    const { context, target } = this.#options;
    const { clock, signal } = context;
    const openedMs = clock.nowMs();
    let firstMs = openedMs;
    let caughtUp = false;
    let next = chunks.next();
    for (;;) {
      const empty = this.#batch.isEmpty;
      const waitMs = empty ? QUIET_MS : Math.max(0, firstMs + BATCH_MS_MAX - clock.nowMs());
      // Once caught up and without events that wait, only the stream itself can say something new.
      const timed: Timed<IteratorResult<Uint8Array>> =
        caughtUp && empty
          ? { value: await readOf(next, target.url, signal) }
          : await withinTime(readOf(next, target.url, signal), waitMs, clock, signal);
      if (timed === 'late') {
        const batch = this.#batch.take();
        if (batch) yield batch;
        caughtUp ||= empty || clock.nowMs() - openedMs >= CAUGHT_UP_MS_MAX;
        if (caughtUp) context.caughtUp();
        signal.throwIfAborted();
      } else {
        if (timed.value.done) return;
        if (empty) firstMs = clock.nowMs();
        next = chunks.next();
        next.catch(() => undefined);
        yield* this.#take(this.#reader.push(timed.value.value));
      }
    }
  }

  *#take(events: readonly ReadEvent[]): Generator<CaptureBatch> {
    const { types } = this.#options.options;
    for (const event of events) {
      if (types && !types.has(event.type)) this.#batch.skip(event);
      else {
        const full = this.#batch.add(event);
        if (full) yield full;
      }
      this.#options.context.signal.throwIfAborted();
    }
  }

  #brokenOff(): WharfError {
    return new WharfError('SSE_BROKEN_OFF', `The stream "${shownAddress(this.#options.target.url)}" ended.`, {
      hint: 'It is connected to again by itself.',
    });
  }

  #ended(): WharfError {
    const address = shownAddress(this.#options.target.url);
    return new WharfError('SSE_ENDED', `"${address}" answered 204: the stream has ended for good.`, {
      hint: 'Remove the input, or give the address of a stream that goes on.',
    });
  }

  #notAStream(type: string): WharfError {
    const address = shownAddress(this.#options.target.url);
    return new WharfError(
      'SSE_NOT_A_STREAM',
      `"${address}" gives "${type.slice(0, 100)}"; expected "text/event-stream".`,
      { hint: 'Look at the address; for documents that are fetched again and again, use the input "http".' },
    );
  }
}

/** What the connection itself throws is said in our words. */
async function readOf<T>(next: Promise<T>, url: URL, signal: AbortSignal): Promise<T> {
  try {
    return await next;
  } catch (thrown) {
    signal.throwIfAborted();
    throw unreachable(url, thrown);
  }
}

/** An id may hold any text; a header holds bytes, which by the standard are UTF-8. */
function encodeHeader(id: string): string {
  return Buffer.from(id).toString('latin1');
}
