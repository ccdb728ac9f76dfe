/**
 * Sends finished spans to a collector, by OTLP over HTTP as JSON. Traces are a help and no record: when the collector does not take
 * them, the oldest are dropped, and that is told once.
 */
import type { Clock } from '../../base/clock.ts';
import { packageVersion } from '../../base/entry.ts';
import { messageOf } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import { type FinishedSpan, otlpBody } from './span.ts';
import type { SpanSink } from './tracer.ts';

const WAITING_MAX = 4_096;
const BATCH_MAX = 512;
const SEND_EVERY_MS = 2_000;
const SEND_TIMEOUT_MS = 10_000;

export interface OtlpOptions {
  /** The address that batches are posted to: `http://collector:4318/v1/traces`. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly service: string;
  readonly clock: Clock;
  readonly log: Log;
}

export class OtlpExporter implements SpanSink {
  readonly #options: OtlpOptions;
  readonly #stop = new AbortController();
  #waiting: FinishedSpan[] = [];
  #dropped = 0;
  #isFailing = false;
  #running: Promise<void> = Promise.resolve();

  constructor(options: OtlpOptions) {
    this.#options = options;
  }

  start(): void {
    this.#running = this.#run();
  }

  add(span: FinishedSpan): void {
    if (this.#waiting.length >= WAITING_MAX) {
      this.#waiting.shift();
      this.#dropped += 1;
    }
    this.#waiting.push(span);
  }

  /** What waits is offered once more. */
  async stop(): Promise<void> {
    this.#stop.abort(new Error('stopped'));
    await this.#running;
    await this.#sendAll();
  }

  async #run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      await this.#options.clock.sleep(SEND_EVERY_MS, this.#stop.signal).catch(() => undefined);
      await this.#sendAll();
    }
  }

  async #sendAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, BATCH_MAX);
      const failure = await this.#send(batch);
      this.#tell(failure);
      if (failure === undefined) continue;
      const room = WAITING_MAX - this.#waiting.length;
      const kept = batch.slice(Math.max(0, batch.length - room));
      this.#dropped += batch.length - kept.length;
      this.#waiting = [...kept, ...this.#waiting];
      return;
    }
  }

  /** Why the batch was not taken; what is refused for good counts as taken, since to repeat it helps nobody. */
  async #send(batch: readonly FinishedSpan[]): Promise<string | undefined> {
    const { url, headers, service } = this.#options;
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { ...headers, 'Content-Type': 'application/json' },
        body: otlpBody(batch, service, packageVersion),
        signal: AbortSignal.timeout(SEND_TIMEOUT_MS),
        redirect: 'error',
      });
      await response.body?.cancel();
      if (response.ok) return undefined;
      if (response.status === 429 || response.status >= 500) return `it answered ${response.status}`;
      this.#dropped += batch.length;
      this.#options.log.error(
        `The collector of traces refused ${batch.length} spans: it answered ${response.status}.`,
      );
      return undefined;
    } catch (thrown) {
      return messageOf(thrown);
    }
  }

  #tell(failure: string | undefined): void {
    const { log } = this.#options;
    if (failure !== undefined && !this.#isFailing)
      log.warn(`The collector of traces takes none: ${failure}.`);
    if (failure === undefined && this.#isFailing)
      log.info(
        `The collector of traces takes them again; ${this.#dropped} spans were dropped since the start.`,
      );
    this.#isFailing = failure !== undefined;
  }
}
