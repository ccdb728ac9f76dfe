import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** A connection that keeps to no rules: it sends what it is told, and reads only when it is told. */
export class RawSocket {
  readonly #socket: Socket;
  #received = '';
  #isOver = false;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk) => {
      this.#received += chunk.toString('latin1');
    });
    socket.on('close', () => {
      this.#isOver = true;
    });
    // The other side may end it at any time; what was received until then counts.
    socket.on('error', () => socket.destroy());
  }

  static async open(url: string): Promise<RawSocket> {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    return new RawSocket(socket);
  }

  get received(): string {
    return this.#received;
  }

  /** The other side has closed it. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Until the other side has taken it, or is gone. */
  send(bytes: string | Uint8Array): Promise<void> {
    return new Promise((resolve) => {
      if (this.#isOver) resolve();
      else this.#socket.write(bytes, () => resolve());
      this.#socket.once('close', () => resolve());
    });
  }

  /** Takes nothing more of what is sent to it. */
  stopReading(): void {
    this.#socket.pause();
  }

  close(): void {
    this.#socket.destroy();
  }
}
