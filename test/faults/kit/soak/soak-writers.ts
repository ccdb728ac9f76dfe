/**
 * Who writes during the soak, at a constant rate: a batch is due at its time, whether or not the one before was taken, and its latency
 * counts from then. A batch is sent under its own key until it is acknowledged. What was acknowledged is kept in sums, so that the
 * writers themselves need no more memory after an hour.
 */
import { appendFileSync } from 'node:fs';
import path from 'node:path';
import { integerBetween, type Random } from '../../../../src/base/random.ts';
import type { Latencies } from './latencies.ts';

export const BATCH = 50;
export const KEYS = 2_000;
const BATCH_EVERY_MS = 500;
const LINES_EVERY_MS = 250;
const LINES = 12;
const RETRY_MS = 200;
/** Longer than any start takes. */
const RETRIES_MAX = 1_500;
const ACCEPTED = 200;
const NONE_ACCEPTED = 422;
const BUSY = [0, 429, 503];

export interface Place {
  /** Where the server is now; after a kill it is elsewhere. */
  url: string;
}

export class SoakWriters {
  /** The last turn that was acknowledged: each has BATCH records. */
  events = 0;
  readonly items = new Map<number, number>();
  readonly lines = new Map<string, number>();
  readonly #mesh: string;
  readonly #place: Place;
  readonly #random: Random;
  readonly #latencies: Latencies;

  constructor(options: { mesh: string; place: Place; random: Random; latencies: Latencies }) {
    this.#mesh = options.mesh;
    this.#place = options.place;
    this.#random = options.random;
    this.#latencies = options.latencies;
  }

  /** Until the signal, and then until what is under way was acknowledged. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all([this.#pushEvents(signal), this.#pushItems(signal), this.#appendLines(signal)]);
  }

  /** One record that breaks its contract among good ones, and a line that is no record. */
  async poison(): Promise<void> {
    const turn = { turn: 'not a number', i: 0 };
    await this.#push('events', 'poison', [turn], NONE_ACCEPTED);
    appendFileSync(path.join(this.#mesh, 'data', 'a.ndjson'), '{"writer":"a","i":\n');
  }

  async #pushEvents(signal: AbortSignal): Promise<void> {
    await atRate(BATCH_EVERY_MS, signal, async (dueMs) => {
      const turn = this.events + 1;
      const batch = Array.from({ length: BATCH }, (_, i) => ({ turn, i, at: Math.round(dueMs) }));
      await this.#push('events', `${turn}`, batch);
      this.events = turn;
      this.#latencies.add('push', performance.now() - dueMs);
    });
  }

  async #pushItems(signal: AbortSignal): Promise<void> {
    let turn = 0;
    await atRate(BATCH_EVERY_MS, signal, async () => {
      turn += 1;
      const batch = Array.from({ length: BATCH }, (_, i) => ({
        id: integerBetween(this.#random, 1, KEYS),
        turn: turn * 100 + i,
      }));
      await this.#push('items', `${turn}`, batch);
      for (const { id, turn: last } of batch) this.items.set(id, last);
    });
  }

  async #appendLines(signal: AbortSignal): Promise<void> {
    await atRate(LINES_EVERY_MS, signal, async () => {
      for (const writer of ['a', 'b']) {
        const from = this.lines.get(writer) ?? 0;
        const lines = Array.from({ length: LINES }, (_, i) => `${JSON.stringify({ writer, i: from + i })}\n`);
        appendFileSync(path.join(this.#mesh, 'data', `${writer}.ndjson`), lines.join(''));
        this.lines.set(writer, from + LINES);
      }
    });
  }

  /** Until it is answered as it should be. Whether a batch was taken that a kill cut off is not known, so the same is sent again. */
  async #push(product: string, key: string, batch: readonly object[], expected = ACCEPTED): Promise<void> {
    for (let attempt = 1; attempt <= RETRIES_MAX; attempt++) {
      const { status, text } = await this.#send(product, key, batch);
      if (status === expected) return;
      if (!BUSY.includes(status)) throw new Error(`a push to ${product} was answered by ${status}: ${text}`);
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
    throw new Error(`a push to ${product} was not taken ${RETRIES_MAX} times`);
  }

  /** Status 0 where there was no answer: nobody was there, or it was killed under it. */
  async #send(
    product: string,
    key: string,
    batch: readonly object[],
  ): Promise<{ status: number; text: string }> {
    try {
      const response = await fetch(`${this.#place.url}/p/test.${product}/v1/inputs/source`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'Idempotency-Key': key },
        body: JSON.stringify(batch),
      });
      return { status: response.status, text: (await response.text()).slice(0, 300) };
    } catch (thrown) {
      if (thrown instanceof TypeError) return { status: 0, text: thrown.message };
      throw thrown;
    }
  }
}

/** Calls at a constant rate, one at a time: what comes too late is followed by the next at once, until time is caught up with. */
export async function atRate(
  everyMs: number,
  signal: AbortSignal,
  work: (dueMs: number) => Promise<void>,
): Promise<void> {
  for (let dueMs = performance.now(); !signal.aborted; dueMs += everyMs) {
    const waitMs = dueMs - performance.now();
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
    await work(dueMs);
  }
}
