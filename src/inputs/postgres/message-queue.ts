/** What a connection sends, until it is taken: the connection is paused while more than a limit waits. */

/** Characters or bytes that may wait; the connection sends what is on its way. */
const WAITING_MAX = 4 * 1024 * 1024;

/** The socket of a connection. */
export interface Pausable {
  pause(): void;
  resume(): void;
}

export class MessageQueue<T> {
  readonly #socket: Pausable;
  #waiting: T[] = [];
  #size = 0;
  #ended: { readonly error: Error | undefined } | undefined;
  #wake: () => void = () => undefined;

  constructor(socket: Pausable) {
    this.#socket = socket;
  }

  push(item: T, size: number): void {
    this.#waiting.push(item);
    this.#size += size;
    if (this.#size > WAITING_MAX) this.#socket.pause();
    this.#wake();
  }

  /** No more comes; what waits can still be taken. The first call counts. */
  end(error?: Error): void {
    this.#ended ??= { error };
    this.#wake();
  }

  /** All that waits, at least one item; undefined at the end. Throws the error of the end, and the signal's reason. */
  async take(signal: AbortSignal): Promise<readonly T[] | undefined> {
    while (this.#waiting.length === 0) {
      signal.throwIfAborted();
      if (this.#ended?.error) throw this.#ended.error;
      if (this.#ended) return undefined;
      await this.#news(signal);
    }
    const taken = this.#waiting;
    this.#waiting = [];
    this.#size = 0;
    this.#socket.resume();
    return taken;
  }

  #news(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        this.#wake = () => undefined;
        signal.removeEventListener('abort', wake);
        resolve();
      };
      this.#wake = wake;
      signal.addEventListener('abort', wake, { once: true });
    });
  }
}
