/** What goes out to a client: what one turn of the process says is sent in one piece, and no more is taken than the client reads. */
import type { Socket } from 'node:net';

const gone = () => new Error('The client is gone.');

export class Outgoing {
  #socket: Socket;
  readonly #gone: AbortSignal;
  #isGathering = false;

  constructor(socket: Socket, isGone: AbortSignal) {
    this.#socket = socket;
    this.#gone = isGone;
  }

  /** What is said from now on goes through another socket. */
  moveTo(socket: Socket): void {
    this.#letGo();
    this.#socket = socket;
  }

  /** Resolves when more may be sent; rejects when the client is gone. */
  send(bytes: Uint8Array): Promise<void> {
    if (this.#gone.aborted) return Promise.reject(gone());
    this.#gather();
    if (this.#socket.write(bytes)) return Promise.resolve();
    this.#letGo();
    return this.#drained();
  }

  #gather(): void {
    if (this.#isGathering) return;
    this.#isGathering = true;
    this.#socket.cork();
    setImmediate(() => this.#letGo());
  }

  #letGo(): void {
    if (this.#isGathering) this.#socket.uncork();
    this.#isGathering = false;
  }

  #drained(): Promise<void> {
    return new Promise((resolve, reject) => {
      const done = () => {
        this.#socket.off('drain', done);
        this.#gone.removeEventListener('abort', refuse);
        resolve();
      };
      const refuse = () => reject(gone());
      this.#socket.once('drain', done);
      this.#gone.addEventListener('abort', refuse, { once: true });
    });
  }
}
