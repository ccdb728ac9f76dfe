import type { ServerResponse } from 'node:http';
import type { Clock } from '../../base/clock.ts';
import type { StreamRecord } from '../../kit/reader.ts';
import { encodeSseComment, encodeSseEvent, SSE_MEDIA_TYPE } from '../../protocols/sse.ts';
import { recordText } from './record-text.ts';
import { oncePerSlice } from './slices-of.ts';
import type { CutOff, StreamChannel } from './stream-channel.ts';
import type { StreamLimits } from './stream-limits.ts';
import { isWithinTime } from './within-time.ts';

const HEARTBEAT = encodeSseComment('still here');

/** Server-sent events on a response that nobody else writes to. */
export class SseChannel implements StreamChannel {
  readonly #response: ServerResponse;
  readonly #limits: StreamLimits;
  readonly #clock: Clock;
  readonly #closed: Promise<void>;

  constructor(response: ServerResponse, limits: StreamLimits, clock: Clock) {
    this.#response = response;
    this.#limits = limits;
    this.#clock = clock;
    this.#closed = new Promise((resolve) => response.once('close', () => resolve()));
    response.on('error', () => response.destroy());
  }

  get bufferedBytes(): number {
    return this.#response.writableLength;
  }

  open(headers: Readonly<Record<string, string | string[] | number | undefined>>): void {
    this.#response.socket?.setNoDelay(true);
    this.#response.writeHead(200, {
      ...headers,
      'Content-Type': SSE_MEDIA_TYPE,
      'Cache-Control': 'no-cache, no-transform',
      'X-Accel-Buffering': 'no',
      // Who is cut off begins again on another connection; this one would be kept for a request that does not come.
      Connection: 'close',
    });
    this.#response.write(encodeSseEvent({ retryMs: this.#limits.retryMs }));
  }

  /** What is sent within one turn of the event loop goes out in one write. */
  send(records: readonly StreamRecord[]): void {
    const response = this.#response;
    if (response.writableCorked === 0) {
      response.cork();
      setImmediate(() => response.uncork());
    }
    response.write(eventsOf(records));
  }

  drained(): Promise<void> {
    const response = this.#response;
    if (!response.writableNeedDrain) return Promise.resolve();
    return new Promise((resolve) => {
      response.once('drain', resolve);
      void this.#closed.then(resolve);
    });
  }

  heartbeat(): void {
    if (this.bufferedBytes === 0 && !this.#response.writableEnded) this.#response.write(HEARTBEAT);
  }

  async cutOff(last: CutOff): Promise<void> {
    const { code, reason, resume } = last;
    this.#response.end(encodeSseEvent({ event: 'cut-off', data: JSON.stringify({ resume, reason, code }) }));
    const finished = new Promise<void>((resolve) => this.#response.once('finish', resolve));
    const gone = Promise.race([finished, this.#closed]);
    if (!(await isWithinTime(gone, this.#limits.closeMs, this.#clock))) this.#response.destroy();
  }
}

/** The same bytes go to all clients that are given the same records. */
const eventsOf = oncePerSlice((records) => Buffer.from(records.map(eventText).join('')));

function eventText(record: StreamRecord): string {
  return encodeSseEvent({ event: record.op, id: String(record.position), data: recordText(record) });
}
