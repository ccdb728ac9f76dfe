/** Counts who reads what since the counts were taken last, and knows who is reading just now. */
import type { Reading } from './reading.ts';

export interface UsageCount {
  /** ISO date, UTC. */
  readonly day: string;
  readonly product: string;
  readonly port: string;
  readonly consumer: string;
  reads: number;
  rows: number;
  lastMs: number;
}

/** Consumers that read within this time are active. */
export const ACTIVE_MS = 5 * 60_000;
/** Counts between two takings, and consumers that are known as active; whoever comes beyond that is counted with OTHERS. */
const ENTRIES_MAX = 10_000;
const OTHERS = '(others)';

export class UsageMeter {
  readonly #nowMs: () => number;
  #counts = new Map<string, UsageCount>();
  readonly #active = new Map<
    string,
    Pick<Reading, 'product' | 'port' | 'consumer' | 'position'> & { lastMs: number }
  >();

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  read(reading: Reading): void {
    this.#add(reading, 1, reading.rows ?? 0);
  }

  more(reading: Reading, rows: number): void {
    this.#add(reading, 0, rows);
  }

  /** What was counted since it was taken, which leaves it there. */
  counts(): readonly Readonly<UsageCount>[] {
    return [...this.#counts.values()];
  }

  /** What was counted since it was taken before. */
  take(): UsageCount[] {
    const counts = [...this.#counts.values()];
    this.#counts = new Map();
    return counts;
  }

  /** Counts that could not be written down, to be taken again. */
  giveBack(counts: readonly UsageCount[]): void {
    for (const count of counts) this.#merge(count);
  }

  /** How many consumers are active, by product and port. */
  active(): { product: string; port: string; consumers: number }[] {
    const since = this.#nowMs() - ACTIVE_MS;
    const found = new Map<string, { product: string; port: string; consumers: number }>();
    for (const [name, { product, port, lastMs }] of this.#active) {
      if (lastMs < since) this.#active.delete(name);
      else {
        const key = `${product} ${port}`;
        const known = found.get(key) ?? { product, port, consumers: 0 };
        known.consumers += 1;
        found.set(key, known);
      }
    }
    return [...found.values()];
  }

  /** By consumer, of those of a product that are active: the last position that it was given. */
  positions(product: string): ReadonlyMap<string, number> {
    const since = this.#nowMs() - ACTIVE_MS;
    const found = new Map<string, number>();
    for (const { consumer, position, lastMs, ...active } of this.#active.values())
      if (active.product === product && lastMs >= since)
        found.set(consumer, Math.max(position, found.get(consumer) ?? 0));
    return found;
  }

  #add({ product, port, consumer, position }: Reading, reads: number, rows: number): void {
    const lastMs = this.#nowMs();
    const day = new Date(lastMs).toISOString().slice(0, 10);
    this.#merge({ day, product, port, consumer, reads, rows, lastMs });
    const name = JSON.stringify([product, port, consumer]);
    const known = this.#active.get(name);
    // Whoever looks at an earlier position again has not fallen behind.
    const last = Math.max(position, known?.position ?? 0);
    if (known || this.#active.size < ENTRIES_MAX)
      this.#active.set(name, { product, port, consumer, position: last, lastMs });
  }

  #merge(count: UsageCount): void {
    const name = nameOf(count);
    const isKnown = this.#counts.has(name);
    const counted = isKnown || this.#counts.size < ENTRIES_MAX ? count : { ...count, consumer: OTHERS };
    const known = this.#counts.get(nameOf(counted));
    if (!known) {
      this.#counts.set(nameOf(counted), { ...counted });
      return;
    }
    known.reads += count.reads;
    known.rows += count.rows;
    known.lastMs = Math.max(known.lastMs, count.lastMs);
  }
}

function nameOf({ day, product, port, consumer }: UsageCount): string {
  return JSON.stringify([day, product, port, consumer]);
}
