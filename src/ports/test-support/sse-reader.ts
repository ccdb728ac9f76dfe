/** Reads server-sent events as the standard says, sharing no code with what writes them. */
import { get, type IncomingMessage } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

export interface SseMessage {
  readonly event: string | undefined;
  readonly id: string | undefined;
  readonly data: string;
}

const WAIT_MS = 120_000;

export class SseReader {
  readonly headers: Headers;
  comments = 0;
  retryMs: number | undefined;
  closed = false;
  readonly #answer: IncomingMessage;
  readonly #messages: SseMessage[] = [];
  #text = '';

  constructor(answer: IncomingMessage) {
    this.#answer = answer;
    this.headers = new Headers(answer.headers as Record<string, string>);
    answer.setEncoding('utf8');
    answer.on('data', (text: string) => this.#read(text));
    answer.on('close', () => (this.closed = true));
    answer.on('error', () => (this.closed = true));
  }

  static open(url: string, headers: Record<string, string>): Promise<SseReader> {
    return new Promise((resolve, reject) => {
      const request = get(url, { headers }, (answer) => {
        if (answer.statusCode === 200) resolve(new SseReader(answer));
        else reject(new Error(`status ${answer.statusCode}`));
      });
      request.on('error', reject);
    });
  }

  /** The next messages; throws when they do not come. */
  async take(count: number, waitMs = WAIT_MS): Promise<SseMessage[]> {
    const end = Date.now() + waitMs;
    while (this.#messages.length < count) {
      if (Date.now() > end) throw new Error(`${this.#messages.length} of ${count} messages came`);
      await pause(5);
    }
    return this.#messages.splice(0, count);
  }

  /** What comes until the server ends the stream. */
  async all(): Promise<SseMessage[]> {
    const end = Date.now() + WAIT_MS;
    while (!this.closed) {
      if (Date.now() > end) throw new Error('the stream did not end');
      await pause(5);
    }
    return this.#messages.splice(0);
  }

  pause(): void {
    this.#answer.pause();
  }

  resume(): void {
    this.#answer.resume();
  }

  close(): void {
    this.#answer.destroy();
  }

  #read(text: string): void {
    const blocks = (this.#text + text).split('\n\n');
    this.#text = blocks.pop() ?? '';
    for (const block of blocks) this.#block(block.split('\n'));
  }

  #block(lines: readonly string[]): void {
    const value = (name: string) =>
      lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
    if (lines.some((line) => line.startsWith(':'))) this.comments += 1;
    const retry = value('retry');
    if (retry !== undefined) this.retryMs = Number(retry);
    const data = lines.filter((line) => line.startsWith('data: ')).map((line) => line.slice(6));
    if (data.length > 0)
      this.#messages.push({ event: value('event'), id: value('id'), data: data.join('\n') });
  }
}
