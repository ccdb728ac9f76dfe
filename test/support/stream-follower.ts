import { parseExact } from './read-ports.ts';

export interface FollowedRecord {
  readonly position: number;
  readonly op: string;
  readonly key: unknown;
  readonly document: unknown;
}

const PATIENCE_MS = 120_000;

/** One connection to a stream, kept while the test goes on; each record must stand one position behind the one before. */
export class StreamFollower {
  readonly #records: FollowedRecord[] = [];
  readonly #stop = new AbortController();
  #failure: Error | undefined;

  static async open(url: string): Promise<StreamFollower> {
    const follower = new StreamFollower();
    const response = await fetch(url, { signal: follower.#stop.signal });
    if (!response.ok || !response.body)
      throw new Error(`stream answered ${response.status}: ${await response.text()}`);
    void follower.#follow(response.body).catch((error: Error) => {
      if (!follower.#stop.signal.aborted) follower.#failure = error;
    });
    return follower;
  }

  async #follow(body: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    let rest = '';
    for await (const chunk of body) {
      rest += decoder.decode(chunk, { stream: true });
      const events = rest.split('\n\n');
      rest = events.pop() ?? '';
      for (const event of events) {
        const data = /^data: ?(.*)$/m.exec(event)?.[1];
        if (data === undefined) continue;
        const { position } = JSON.parse(data) as { position: number };
        const expected = (this.#records.at(-1)?.position ?? 0) + 1;
        if (position !== expected) throw new Error(`position ${position} came instead of ${expected}`);
        this.#records.push({ ...(parseExact(data) as FollowedRecord), position });
      }
    }
    throw new Error('the stream ended');
  }

  /** All records up to a position, once they have come; then the connection ends. */
  async through(position: number): Promise<readonly FollowedRecord[]> {
    const deadline = Date.now() + PATIENCE_MS;
    while (this.#records.length < position && !this.#failure && Date.now() < deadline)
      await new Promise((resolve) => setTimeout(resolve, 10));
    this.#stop.abort();
    if (this.#records.length >= position) return this.#records.slice(0, position);
    throw new Error(`${this.#records.length} of ${position} records came`, { cause: this.#failure });
  }
}
