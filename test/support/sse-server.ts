/**
 * A local server that speaks as a large public stream does: comments, ids that are JSON lists, events cut in two by the network,
 * connections that end at any byte, and, after each, a few events again.
 */
import http from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SseServerOptions {
  /** The data of all events, in order. */
  readonly events: readonly string[];
  /** Each connection is broken off after so many bytes of events; never when left out. */
  readonly cutAfterBytes?: number;
  /** How many events are told again when somebody comes back. */
  readonly repeats?: number;
  /** Bytes of one write to the network. */
  readonly chunkBytes?: number;
  /** Statuses that the first requests are answered with. */
  readonly failures?: readonly number[];
}

export class SseServer {
  /** The Last-Event-ID of each request; undefined where there was none. */
  readonly seen: (string | undefined)[] = [];
  readonly #server: http.Server;
  readonly #options: SseServerOptions;
  readonly #open = new Set<http.ServerResponse>();
  #events: string[];

  private constructor(options: SseServerOptions) {
    this.#options = options;
    this.#events = [...options.events];
    this.#server = http.createServer((request, response) => void this.#answer(request, response));
  }

  static async start(options: SseServerOptions): Promise<SseServer> {
    const server = new SseServer(options);
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** More events, told to everybody who is connected. */
  tell(events: readonly string[]): void {
    const from = this.#events.length;
    this.#events.push(...events);
    for (const response of this.#open) response.write(this.#textFrom(from));
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const id = request.headers['last-event-id'];
    this.seen.push(typeof id === 'string' ? id : undefined);
    const failure = this.#options.failures?.[this.seen.length - 1];
    if (failure !== undefined) return void response.writeHead(failure, { 'retry-after': '0' }).end();
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
    response.write(':ok\n\nretry: 10\n\n');
    const { cutAfterBytes = Number.POSITIVE_INFINITY, repeats = 0 } = this.#options;
    const from = typeof id === 'string' ? Math.max(0, offsetOf(id) + 1 - repeats) : 0;
    const all = this.#textFrom(from);
    const text = all.subarray(0, Math.min(all.length, cutAfterBytes));
    await this.#write(response, text);
    if (text.length < all.length) return void response.destroy();
    this.#open.add(response);
    response.once('close', () => this.#open.delete(response));
  }

  async #write(response: http.ServerResponse, text: Buffer): Promise<void> {
    const { chunkBytes = text.length } = this.#options;
    for (let at = 0; at < text.length && !response.destroyed; at += chunkBytes) {
      const flows = response.write(text.subarray(at, at + chunkBytes));
      if (!flows) await drained(response);
      else await new Promise((resolve) => setImmediate(resolve));
    }
  }

  #textFrom(from: number): Buffer {
    const texts = this.#events.slice(from).map((data, i) => {
      const id = JSON.stringify([
        { topic: 'here.changes', partition: 0, offset: from + i },
        { topic: 'there.changes', partition: 0, offset: -1 },
      ]);
      return `${i % 7 === 0 ? ': still here\n\n' : ''}event: message\nid: ${id}\ndata: ${data}\n\n`;
    });
    return Buffer.from(texts.join(''));
  }
}

function drained(response: http.ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off('drain', done).off('close', done);
      resolve();
    };
    response.on('drain', done).on('close', done);
  });
}

function offsetOf(id: string): number {
  const [here] = JSON.parse(id) as { offset: number }[];
  return here?.offset ?? -1;
}
