/** Writes down once a minute, as records of `system.usage`, who read what. What cannot be written is written with the next. */
import { messageOf } from '../../base/errors.ts';
import { usageProduct } from '../../catalog/system/usage.ts';
import type { Services } from '../capture/services.ts';
import { builtInAppends } from '../catalog/built-in-append.ts';
import type { UsageCount, UsageMeter } from './usage-meter.ts';

const WRITE_MS = 60_000;

export class UsageTask {
  readonly #services: Pick<Services, 'journal' | 'clock' | 'log'>;
  readonly #meter: UsageMeter;
  readonly #stop = new AbortController();
  #running: Promise<void> = Promise.resolve();

  constructor(services: Pick<Services, 'journal' | 'clock' | 'log'>, meter: UsageMeter) {
    this.#services = services;
    this.#meter = meter;
  }

  start(): void {
    this.#running = this.#run();
  }

  /** What was counted until now is on disk afterwards. */
  async stop(): Promise<void> {
    this.#stop.abort(new Error('stopped'));
    await this.#running;
    await this.#write();
  }

  async #run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      await this.#services.clock.sleep(WRITE_MS, this.#stop.signal).catch(() => undefined);
      await this.#write();
    }
  }

  async #write(): Promise<void> {
    const counts = this.#meter.take();
    if (counts.length === 0) return;
    try {
      await this.#services.journal.commit({ appends: builtInAppends(usageProduct, counts.map(recordOf)) });
    } catch (error) {
      this.#meter.giveBack(counts);
      this.#services.log.error(`Usage was not written, and is with the next: ${messageOf(error)}`);
    }
  }
}

function recordOf({ day, product, port, consumer, reads, rows, lastMs }: UsageCount) {
  return { day, product, port, consumer, reads, rows, last_at: new Date(lastMs).toISOString() };
}
