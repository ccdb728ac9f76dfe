/** Who reads during the soak: a row by its key, a page, a question in SQL, and the stream of what is pushed, which must not have a gap. */
import pg from 'pg';
import { integerBetween, type Random } from '../../../../src/base/random.ts';
import type { Latencies } from './latencies.ts';
import { atRate, KEYS, type Place } from './soak-writers.ts';

const BY_KEY_EVERY_MS = 250;
const PAGE_EVERY_MS = 1_000;
const SQL_EVERY_MS = 1_000;
const PAUSE_MS = 200;
const QUESTION = 'select count(*)::int as n, sum(turn)::bigint as turns from test.items';

export class SoakReaders {
  /** Records that the stream gave. */
  streamed = 0;
  /** Questions that were not answered while the server should have been there. */
  failed = 0;
  readonly findings: string[] = [];
  readonly #place: Place;
  readonly #random: Random;
  readonly #latencies: Latencies;

  constructor(options: { place: Place; random: Random; latencies: Latencies }) {
    this.#place = options.place;
    this.#random = options.random;
    this.#latencies = options.latencies;
  }

  async run(signal: AbortSignal): Promise<void> {
    const key = () => `/p/test.items/v1/rows/${integerBetween(this.#random, 1, KEYS)}`;
    const page = () => '/p/test.items/v1/rows?order=turn.desc&limit=100';
    await Promise.all([
      atRate(BY_KEY_EVERY_MS, signal, (dueMs) => this.#timed('rest by key', dueMs, key())),
      atRate(PAGE_EVERY_MS, signal, (dueMs) => this.#timed('rest page', dueMs, page())),
      this.#ask(signal),
      this.#follow(signal),
    ]);
  }

  async #timed(kind: string, dueMs: number, target: string): Promise<void> {
    try {
      const response = await fetch(`${this.#place.url}${target}`);
      const text = await response.text();
      // A key that nobody wrote yet is not there.
      if (response.status === 200 || response.status === 404)
        this.#latencies.add(kind, performance.now() - dueMs);
      else this.findings.push(`${target} answered ${response.status}: ${text.slice(0, 300)}`);
    } catch (thrown) {
      if (!(thrown instanceof TypeError)) throw thrown;
      this.failed += 1;
      await pause();
    }
  }

  /** One connection, as a program keeps it; another one once the server is another. */
  async #ask(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      let client: pg.Client | undefined;
      try {
        client = new pg.Client(await this.#sqlUrl());
        // The server may go at any time; the question that is under way tells.
        client.on('error', () => undefined);
        await client.connect();
        const asked = client;
        await atRate(SQL_EVERY_MS, signal, async (dueMs) => {
          await asked.query(QUESTION);
          this.#latencies.add('sql', performance.now() - dueMs);
        });
      } catch (thrown) {
        this.failed += 1;
        if (thrown instanceof pg.DatabaseError) this.findings.push(`SQL: ${thrown.message}`);
        await pause();
      } finally {
        await client?.end().catch(() => undefined);
      }
    }
  }

  async #sqlUrl(): Promise<string> {
    const response = await fetch(`${this.#place.url}/api/mesh`);
    const { sql } = (await response.json()) as { sql: { port: number; database: string } };
    return `postgres://reader@127.0.0.1:${sql.port}/${sql.database}`;
  }

  /** From the first record on, over kills: each connection begins where the one before ended. */
  async #follow(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        const url = `${this.#place.url}/p/test.events/v1/stream?from=earliest`;
        const headers: Record<string, string> =
          this.streamed === 0 ? {} : { 'Last-Event-ID': `${this.streamed}` };
        const { body } = await fetch(url, { signal, headers });
        let rest = '';
        const decoder = new TextDecoder();
        for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
          rest += decoder.decode(chunk, { stream: true });
          const events = rest.split('\n\n');
          rest = events.pop() ?? '';
          for (const event of events) this.#event(event);
        }
      } catch (thrown) {
        if (!(thrown instanceof TypeError || signal.aborted)) throw thrown;
      }
      await pause();
    }
  }

  #event(event: string): void {
    const data = /^data: ?(.*)$/m.exec(event)?.[1];
    if (data === undefined) return;
    const { position, document } = JSON.parse(data) as { position: number; document: { at: number } };
    if (position !== this.streamed + 1 && this.findings.length < FINDINGS_MAX)
      this.findings.push(`the stream gave position ${position} after ${this.streamed}`);
    this.streamed = position;
    this.#latencies.add('stream', performance.now() - document.at);
  }
}

const FINDINGS_MAX = 20;

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
}
