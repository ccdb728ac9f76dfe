/**
 * A product's stream, read as a consumer does. To ask a server how far it is, again and again, costs it more than a small change does; a
 * stream tells of itself.
 */
const WAIT_MAX_MS = 300_000;

export class WatchedStream {
  readonly #stop = new AbortController();
  readonly #reading: Promise<void>;
  #wanted: { readonly text: string; readonly found: () => void } | undefined;

  private constructor(body: AsyncIterable<Uint8Array>) {
    this.#reading = this.#read(body).catch((thrown: unknown) => {
      if (!this.#stop.signal.aborted) throw thrown;
    });
  }

  static async open(url: string): Promise<WatchedStream> {
    const stop = new AbortController();
    const { body } = await fetch(`${url}/stream?from=latest`, { signal: stop.signal });
    if (!body) throw new Error(`${url} gave no stream`);
    const stream = new WatchedStream(body as unknown as AsyncIterable<Uint8Array>);
    stream.#stop.signal.addEventListener('abort', () => stop.abort(), { once: true });
    return stream;
  }

  /** Until an event that is yet to come holds the text. Asked for before what causes the event is done. */
  async until(text: string): Promise<void> {
    const late = setTimeout(() => this.#stop.abort(new Error(`No event with ${text} came`)), WAIT_MAX_MS);
    const found = new Promise<void>((resolve) => {
      this.#wanted = { text, found: resolve };
    });
    await Promise.race([found, this.#reading]);
    clearTimeout(late);
    if (this.#wanted) throw new Error(`The stream ended before ${text} came`);
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#reading;
  }

  async #read(body: AsyncIterable<Uint8Array>): Promise<void> {
    let rest = '';
    for await (const chunk of body) {
      rest += Buffer.from(chunk).toString('latin1');
      if (this.#wanted && rest.includes(this.#wanted.text)) {
        this.#wanted.found();
        this.#wanted = undefined;
      }
      rest = rest.slice(rest.lastIndexOf('\n') + 1);
    }
  }
}
