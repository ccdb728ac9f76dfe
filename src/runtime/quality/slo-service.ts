/**
 * Measures service levels: once a minute, what was received, rejected, asked and failed since the minute before, and whether what is
 * published is as recent as promised. Counts are kept by the hour, as cursors; hours behind the window are forgotten.
 */
import { messageOf } from '../../base/errors.ts';
import { sloProduct } from '../../catalog/system/slo.ts';
import type { CursorUpdate } from '../../journal/journal.ts';
import {
  addCounts,
  HOUR_MS,
  NO_COUNTS,
  SLO_WINDOW_HOURS,
  type SloAges,
  type SloCounts,
  type SloReport,
  sloReports,
} from '../../quality/service-level.ts';
import type { Services } from '../capture/services.ts';
import type { TaskStatus } from '../capture/task-status.ts';
import { builtInAppends } from '../catalog/built-in-append.ts';
import type { ProductRuntime } from '../product-runtime.ts';
import type { PortMeter } from './port-meter.ts';

const SAMPLE_MS = 60_000;
const PREFIX = 'slo/';

export interface SloServiceOptions {
  readonly services: Services;
  readonly ports: PortMeter;
  readonly products: () => readonly ProductRuntime[];
  /** How far the slowest delivery of a product is behind what is published; undefined where there is none. */
  readonly lagMs?: (product: ProductRuntime) => number | undefined;
  /** Called when a promise begins to be broken, or to be kept again. */
  readonly onChange?: (product: ProductRuntime, report: SloReport) => void;
}

export class SloService {
  readonly #options: SloServiceOptions;
  readonly #hours = new Map<string, Map<number, SloCounts>>();
  /** What the meters stood at when they were last read, by product. */
  readonly #read = new Map<string, SloCounts>();
  readonly #met = new Map<string, boolean | null>();
  readonly #published = new Map<string, { readonly position: number; readonly timeMs: number | undefined }>();
  readonly #stop = new AbortController();
  #running: Promise<void> = Promise.resolve();

  constructor(options: SloServiceOptions) {
    this.#options = options;
    for (const { task, value } of options.services.journal.cursors(PREFIX)) {
      const [, product = '', hour = ''] = task.split('/');
      this.#hoursOf(product).set(Number(hour), addCounts(NO_COUNTS, value as Partial<SloCounts>));
    }
  }

  start(): void {
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#stop.abort(new Error('stopped'));
    await this.#running;
  }

  async report(runtime: ProductRuntime): Promise<{ ageMs: number | undefined; objectives: SloReport[] }> {
    const { product } = runtime;
    const ages = await this.#ages(runtime);
    const hours = new Map(this.#hoursOf(product.id));
    const now = this.#hour();
    hours.set(now, addCounts(hours.get(now) ?? NO_COUNTS, this.#unread(runtime)));
    return { ageMs: ages.ageMs, objectives: sloReports(product.slo, hours, now, ages) };
  }

  async #run(): Promise<void> {
    const { clock, log } = this.#options.services;
    while (!this.#stop.signal.aborted) {
      await clock.sleep(SAMPLE_MS, this.#stop.signal).catch(() => undefined);
      try {
        await this.sample();
      } catch (error) {
        log.error(`Service levels were not written, and are with the next sample: ${messageOf(error)}`);
      }
    }
  }

  /** Reads all meters and writes down what they say. */
  async sample(): Promise<void> {
    const hour = this.#hour();
    const cursors: CursorUpdate[] = [];
    const records: Record<string, unknown>[] = [];
    for (const runtime of this.#options.products()) {
      const { id, slo } = runtime.product;
      const ages = await this.#ages(runtime);
      const [samples, fresh] = within(ages.ageMs, slo.freshnessMs);
      const [lagSamples, delivered] = within(ages.lagMs, slo.deliveryLagMs);
      const counts = { ...this.#unread(runtime), samples, fresh, lagSamples, delivered };
      this.#read.set(id, addCounts(NO_COUNTS, this.#metersOf(runtime)));
      if (Object.values(counts).some((count) => count > 0)) cursors.push(this.#add(id, hour, counts));
      cursors.push(...this.#forget(id, hour));
      records.push(...this.#changes(runtime, sloReports(slo, this.#hoursOf(id), hour, ages)));
    }
    if (cursors.length + records.length === 0) return;
    await this.#options.services.journal.commit({ cursors, appends: builtInAppends(sloProduct, records) });
  }

  #add(product: string, hour: number, counts: Partial<SloCounts>): CursorUpdate {
    const hours = this.#hoursOf(product);
    const sum = addCounts(hours.get(hour) ?? NO_COUNTS, counts);
    hours.set(hour, sum);
    return { task: `${PREFIX}${product}/${hour}`, value: sum };
  }

  #forget(product: string, hour: number): CursorUpdate[] {
    const hours = this.#hoursOf(product);
    const old = [...hours.keys()].filter((at) => at <= hour - SLO_WINDOW_HOURS);
    for (const at of old) hours.delete(at);
    return old.map((at) => ({ task: `${PREFIX}${product}/${at}`, value: undefined }));
  }

  /** Records of promises that began or ceased to be kept since the sample before; all of them at the first. */
  #changes(runtime: ProductRuntime, reports: readonly SloReport[]): Record<string, unknown>[] {
    const changed = reports.filter(({ objective, promised, met }) => {
      const name = `${runtime.product.id}/${objective}`;
      const before = this.#met.get(name);
      this.#met.set(name, met);
      return promised !== null && before !== met;
    });
    for (const report of changed) this.#options.onChange?.(runtime, report);
    const measuredAt = new Date(this.#options.services.clock.nowMs()).toISOString();
    return changed.map(({ objective, promised, withinMs, measured, good, total, met, budgetLeft }) => ({
      product: runtime.product.id,
      objective,
      owner: runtime.product.owner,
      measured_at: measuredAt,
      promised,
      within_ms: withinMs,
      measured,
      good,
      total,
      met,
      budget_left: budgetLeft,
    }));
  }

  #unread(runtime: ProductRuntime): Partial<SloCounts> {
    const now = this.#metersOf(runtime);
    const before = this.#read.get(runtime.product.id) ?? NO_COUNTS;
    const metered = Object.keys(now) as (keyof typeof now)[];
    return Object.fromEntries(metered.map((name) => [name, now[name] - before[name]]));
  }

  #metersOf(runtime: ProductRuntime) {
    const ports = this.#options.ports.counts(runtime.product.id);
    return {
      ...recordsOf(runtime.tasks()),
      requests: sum(ports.map(({ requests }) => requests)),
      failures: sum(ports.map(({ failures }) => failures)),
      timed: sum(ports.map(({ timed }) => timed)),
      quick: sum(ports.map(({ quick }) => quick)),
    };
  }

  async #ages(runtime: ProductRuntime): Promise<SloAges> {
    return { ageMs: await this.#ageMs(runtime.product.id), lagMs: this.#options.lagMs?.(runtime) };
  }

  /** How old the last published record is; undefined before the first. */
  async #ageMs(product: string): Promise<number | undefined> {
    const { published, clock } = this.#options.services;
    const position = published.position(product);
    const known = this.#published.get(product);
    const timeMs = known?.position === position ? known.timeMs : await this.#timeMs(product, position);
    this.#published.set(product, { position, timeMs });
    return timeMs === undefined ? undefined : Math.max(0, clock.nowMs() - timeMs);
  }

  async #timeMs(product: string, position: number): Promise<number | undefined> {
    const { journal, store } = this.#options.services;
    if (position === 0) return undefined;
    if (position === journal.head(product)) return journal.headTimeUs(product) / 1_000;
    const [record] = await store.history(product, position, position, 1);
    return record && record.timeUs / 1_000;
  }

  #hoursOf(product: string): Map<number, SloCounts> {
    const hours = this.#hours.get(product) ?? new Map<number, SloCounts>();
    this.#hours.set(product, hours);
    return hours;
  }

  #hour(): number {
    return Math.floor(this.#options.services.clock.nowMs() / HOUR_MS);
  }
}

/** How many samples there are of an age, and how many of them are within the promise. */
function within(ageMs: number | undefined, promisedMs: number | undefined): [number, number] {
  if (ageMs === undefined || promisedMs === undefined) return [0, 0];
  return [1, ageMs <= promisedMs ? 1 : 0];
}

/** Received is what came in by sources and pushes; rejected is what of it broke its contract there or in the map. */
function recordsOf(tasks: readonly TaskStatus[]): Pick<SloCounts, 'received' | 'rejected'> {
  const incoming = tasks.filter(({ task }) => task.startsWith('capture/') || task.startsWith('push/'));
  const mapped = tasks.filter(({ task }) => task.startsWith('map/'));
  return {
    received: sum(incoming.map(({ accepted, rejected }) => accepted + rejected)),
    rejected: sum([...incoming, ...mapped].map(({ rejected }) => rejected)),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
