import { appendFileSync } from 'node:fs';
import path from 'node:path';
import { systemClock } from '../../../../src/base/clock.ts';
import { integerBetween, type Random } from '../../../../src/base/random.ts';
import { patientFetch } from '../../../support/patient-fetch.ts';
import type { Row } from './ledger-mesh.ts';

const KEYS = 20;
const BATCH_RECORDS_MAX = 20;
const LINES_MAX = 10;
/** Between two batches of a writer: each end is compared record by record, and more of the same kind show nothing else. */
const PAUSE_MS_MAX = 40;
export const PUSHED = ['events', 'items'] as const;
export type Pushed = (typeof PUSHED)[number];
export const FILE_WRITERS = ['a', 'b'] as const;

/** What the writers know at one moment. */
export interface Known {
  /** Records that were acknowledged, in the order in which they were. */
  readonly acknowledged: Readonly<Record<Pushed, readonly Row[]>>;
  /** The batch that was sent and not acknowledged yet: it is there as a whole, or not at all. */
  readonly waiting: Readonly<Record<Pushed, readonly Row[]>>;
  /** Lines that each file holds, whole ones. */
  readonly lines: Readonly<Record<string, number>>;
}

/** Two push batches under an `Idempotency-Key`, and send one again until it is acknowledged. Two append lines to files. */
export class Writers {
  readonly #mesh: string;
  readonly #random: Random;
  readonly #acknowledged: Record<Pushed, Row[]> = { events: [], items: [] };
  readonly #waiting: Record<Pushed, readonly Row[]> = { events: [], items: [] };
  readonly #turns = { events: 0, items: 0 };
  readonly #lines: Record<string, number> = {};

  constructor(mesh: string, random: Random) {
    this.#mesh = mesh;
    this.#random = random;
  }

  get known(): Known {
    const { events, items } = this.#acknowledged;
    return {
      acknowledged: { events: [...events], items: [...items] },
      waiting: { ...this.#waiting },
      lines: { ...this.#lines },
    };
  }

  /** Records that were acknowledged, and lines of files. */
  get count(): number {
    const lines = Object.values(this.#lines).reduce((sum, count) => sum + count, 0);
    return lines + this.#acknowledged.events.length + this.#acknowledged.items.length;
  }

  /** Until the signal or the end of the process; or with `untilAcknowledged` until nothing waits. */
  async push(product: Pushed, url: string, signal: AbortSignal, untilAcknowledged = false): Promise<void> {
    while (!signal.aborted && !(untilAcknowledged && this.#waiting[product].length === 0)) {
      if (this.#waiting[product].length === 0) this.#waiting[product] = this.#batch(product);
      try {
        await this.#send(product, url, signal);
      } catch (error) {
        // The process was killed under it; whether the batch was taken is not known.
        if (error instanceof TypeError || signal.aborted) return;
        throw error;
      }
      this.#acknowledged[product].push(...this.#waiting[product]);
      this.#waiting[product] = [];
      await systemClock.sleep(integerBetween(this.#random, 0, PAUSE_MS_MAX));
    }
  }

  async #send(product: Pushed, url: string, signal: AbortSignal): Promise<void> {
    const response = await patientFetch(`${url}/p/test.${product}/v1/inputs/source`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'Idempotency-Key': `${this.#turns[product]}` },
      body: JSON.stringify(this.#waiting[product]),
      signal,
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`push answered ${response.status}: ${text}`);
  }

  #batch(product: Pushed): readonly Row[] {
    this.#turns[product] += 1;
    const turn = this.#turns[product];
    const count = integerBetween(this.#random, 1, BATCH_RECORDS_MAX);
    return Array.from({ length: count }, (_, i) =>
      product === 'events'
        ? { turn, i }
        : { id: integerBetween(this.#random, 1, KEYS), turn: turn * 100 + i },
    );
  }

  /** Whole lines, now and then in two pieces. */
  appendLines(): void {
    for (const writer of FILE_WRITERS) {
      const from = this.#lines[writer] ?? 0;
      const count = integerBetween(this.#random, 1, LINES_MAX);
      const lines = Array.from({ length: count }, (_, i) => `${JSON.stringify({ writer, i: from + i })}\n`);
      const text = lines.join('');
      const cut = integerBetween(this.#random, 0, text.length);
      const file = path.join(this.#mesh, 'data', `${writer}.ndjson`);
      // Known before they are written: they may be read at once.
      this.#lines[writer] = from + count;
      appendFileSync(file, text.slice(0, cut));
      appendFileSync(file, text.slice(cut));
    }
  }
}
