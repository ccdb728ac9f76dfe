import { connect, type Socket } from 'node:net';

export interface PushAnswer {
  readonly status: number;
  readonly headers: string;
  readonly body: string;
}

/** One kept connection on which requests are sent that were made before, one at a time: a client that costs as little as one can. */
export class PushConnection {
  readonly #host: string;
  readonly #port: number;
  #socket: Socket | undefined;
  #received = '';
  #waiting: ((answer: PushAnswer | undefined) => void) | undefined;

  constructor(url: string) {
    const { hostname, port } = new URL(url);
    this.#host = hostname;
    this.#port = Number(port);
  }

  /** Undefined where the connection ended before an answer came; the next request opens another. */
  send(head: Buffer, body: Buffer): Promise<PushAnswer | undefined> {
    return new Promise((resolve) => {
      this.#waiting = resolve;
      this.#socket ??= this.#open();
      this.#socket.write(head);
      this.#socket.write(body);
    });
  }

  close(): void {
    this.#socket?.destroy();
  }

  #open(): Socket {
    const socket = connect({ host: this.#host, port: this.#port, noDelay: true });
    this.#received = '';
    socket.on('data', (chunk) => {
      this.#received += chunk.toString('latin1');
      this.#take();
    });
    // What follows from it is told by `close`.
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      if (this.#socket !== socket) return;
      this.#socket = undefined;
      this.#answer(undefined);
    });
    return socket;
  }

  /** Once all of an answer is here. */
  #take(): void {
    const end = this.#received.indexOf('\r\n\r\n');
    if (end < 0) return;
    const headers = this.#received.slice(0, end);
    const length = Number(/^content-length: (\d+)/im.exec(headers)?.[1] ?? 0);
    if (this.#received.length < end + 4 + length) return;
    const body = this.#received.slice(end + 4, end + 4 + length);
    this.#received = this.#received.slice(end + 4 + length);
    const status = Number(headers.slice(9, 12));
    if (/^connection: close/im.test(headers)) {
      const socket = this.#socket;
      this.#socket = undefined;
      socket?.destroy();
    }
    this.#answer({ status, headers, body });
  }

  #answer(answer: PushAnswer | undefined): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.(answer);
  }
}
