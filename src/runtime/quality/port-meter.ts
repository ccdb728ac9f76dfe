import { Histogram } from '../../quality/histogram.ts';

/** What was answered to the requests of one product's port since the start. */
export interface PortCount {
  readonly product: string;
  readonly port: string;
  readonly byStatus: ReadonlyMap<string, number>;
  readonly latency: Histogram;
  readonly requests: number;
  /** Answers that were our fault. */
  readonly failures: number;
  readonly bytes: number;
  /** Answers of ports that end by themselves, and those of them within the promised time. */
  readonly timed: number;
  readonly quick: number;
}

/** Ports whose answers last as long as the consumer likes. */
const ENDLESS = new Set(['stream']);
/** Products that do not exist are asked for too; so many names are counted. */
const COUNTS_MAX = 10_000;

interface Count {
  readonly product: string;
  readonly port: string;
  readonly byStatus: Map<string, number>;
  readonly latency: Histogram;
  requests: number;
  failures: number;
  bytes: number;
  timed: number;
  quick: number;
}

/** Counts requests by product and port. */
export class PortMeter {
  readonly #counts = new Map<string, Count>();
  readonly #withinMs: (product: string) => number | undefined;

  /** `withinMs`: the time within which a product promises to answer. */
  constructor(withinMs: (product: string) => number | undefined = () => undefined) {
    this.#withinMs = withinMs;
  }

  /** `bytes` is the length of the answer where it is known. */
  record(answer: { product: string; port: string; status: number; ms: number; bytes: number }): void {
    const { product, port, status, ms, bytes } = answer;
    const name = `${product}/${port}`;
    if (!this.#counts.has(name) && this.#counts.size >= COUNTS_MAX) return;
    const count = this.#counts.get(name) ?? newCount(product, port);
    this.#counts.set(name, count);
    const kind = `${Math.floor(status / 100)}xx`;
    count.byStatus.set(kind, (count.byStatus.get(kind) ?? 0) + 1);
    count.requests += 1;
    count.bytes += bytes;
    if (status >= 500) count.failures += 1;
    if (ENDLESS.has(port)) return;
    count.latency.add(ms / 1_000);
    count.timed += 1;
    if (ms <= (this.#withinMs(product) ?? 0)) count.quick += 1;
  }

  counts(product?: string): PortCount[] {
    return [...this.#counts.values()].filter((count) => product === undefined || count.product === product);
  }
}

function newCount(product: string, port: string): Count {
  return {
    product,
    port,
    byStatus: new Map(),
    latency: new Histogram(),
    requests: 0,
    failures: 0,
    bytes: 0,
    timed: 0,
    quick: 0,
  };
}
