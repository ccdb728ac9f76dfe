import { messageOf } from '../base/errors.ts';
import type { Services } from './capture/services.ts';
import type { PushService } from './push/push-service.ts';

const INTERVAL_MS = 250;
const SWEEP_INTERVAL_MS = 600_000;

/** What a data folder needs again and again while it is open: flushes and merges, and forgetting what has expired. */
export class Maintenance {
  readonly #services: Services;
  readonly #push: PushService;
  readonly #stop = new AbortController();
  #loop: Promise<void> = Promise.resolve();

  constructor(services: Services, push: PushService) {
    this.#services = services;
    this.#push = push;
  }

  start(): void {
    this.#loop = this.#run();
  }

  async stop(): Promise<void> {
    this.#stop.abort(new Error('closing'));
    await this.#loop;
  }

  async #run(): Promise<void> {
    const { clock, store, log } = this.#services;
    let sweptMs = clock.nowMs();
    while (!this.#stop.signal.aborted) {
      try {
        await store.maintain();
        if (clock.nowMs() - sweptMs > SWEEP_INTERVAL_MS) {
          sweptMs = clock.nowMs();
          await this.#push.sweep();
        }
      } catch (error) {
        log.error(`Maintenance failed and is tried again: ${messageOf(error)}`);
      }
      await clock.sleep(INTERVAL_MS, this.#stop.signal).catch(() => undefined);
    }
  }
}
