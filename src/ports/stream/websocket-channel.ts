import type { Socket } from 'node:net';
import type { WebSocket } from '@fastify/websocket';
import type { Clock } from '../../base/clock.ts';
import type { StreamRecord } from '../../kit/reader.ts';
import { recordText } from './record-text.ts';
import { oncePerSlice } from './slices-of.ts';
import type { CutOff, StreamChannel } from './stream-channel.ts';
import type { StreamLimits } from './stream-limits.ts';
import { isWithinTime } from './within-time.ts';

/** "Try again later" (RFC 6455, registry of close codes). */
const CLOSE_TRY_AGAIN_LATER = 1013;
/** Pings in a row that a client may leave unanswered. */
const UNANSWERED_PINGS_MAX = 2;

const TEXT = { binary: false };
/** The same bytes go to all clients that are given the same records. */
const messagesOf = oncePerSlice((records) => records.map((record) => Buffer.from(recordText(record))));

/** One record a message. What clients send is not listened to. */
export class WebSocketChannel implements StreamChannel {
  readonly #socket: WebSocket;
  readonly #raw: Socket;
  readonly #limits: StreamLimits;
  readonly #clock: Clock;
  readonly #closed: Promise<void>;
  #lastTaken: Promise<void> = Promise.resolve();
  #unansweredPings = 0;

  /** `raw` is the connection below the WebSocket. */
  constructor(socket: WebSocket, raw: Socket, limits: StreamLimits, clock: Clock) {
    this.#socket = socket;
    this.#raw = raw;
    this.#limits = limits;
    this.#clock = clock;
    this.#closed = new Promise((resolve) => socket.once('close', () => resolve()));
    raw.setNoDelay(true);
    socket.on('error', () => socket.terminate());
    socket.on('pong', () => {
      this.#unansweredPings = 0;
    });
  }

  get bufferedBytes(): number {
    return this.#socket.bufferedAmount;
  }

  /** What is sent within one turn of the event loop goes out in one write. */
  send(records: readonly StreamRecord[]): void {
    const raw = this.#raw;
    if (raw.writableCorked === 0) {
      raw.cork();
      setImmediate(() => raw.uncork());
    }
    this.#lastTaken = new Promise((resolve) => {
      const messages = messagesOf(records);
      const last = messages.length - 1;
      messages.forEach((message, i) => {
        this.#socket.send(message, TEXT, i === last ? () => resolve() : undefined);
      });
    });
  }

  drained(): Promise<void> {
    return Promise.race([this.#lastTaken, this.#closed]);
  }

  /** A client that takes everything but never answers is no longer there. */
  heartbeat(): void {
    if (this.bufferedBytes > 0) return;
    this.#unansweredPings += 1;
    if (this.#unansweredPings > UNANSWERED_PINGS_MAX) this.#socket.terminate();
    else this.#socket.ping();
  }

  async cutOff({ resume }: CutOff): Promise<void> {
    this.#socket.close(CLOSE_TRY_AGAIN_LATER, `resume=${resume}`);
    if (!(await isWithinTime(this.#closed, this.#limits.closeMs, this.#clock))) this.#socket.terminate();
  }
}
