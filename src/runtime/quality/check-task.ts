/**
 * Checks one product whenever its log moves, and opens its gate for what passed.
 *
 * A look runs the checks at the last complete position. Its results, how far was looked, and how far the gate is open are one
 * commit, and consumers see the position after that commit only. A look that is lost is done again: nothing is published by
 * not having been checked.
 *
 * Between two looks the task rests, so that checks cost a bounded share of the machine however fast records come; the records in
 * between are looked at together.
 */
import type { PlannedCheck } from '../../quality/planned-check.ts';
import { runChecks } from '../../quality/run-checks.ts';
import type { Product } from '../../spec/model.ts';
import type { Services } from '../capture/services.ts';
import { supervise } from '../capture/supervise.ts';
import { TaskMeter, type TaskStatus } from '../capture/task-status.ts';
import { type DeriveCursor, deriveTaskName } from '../derive/derive-cursor.ts';
import type { CheckResult } from './check-record.ts';
import './errors.ts';
import { GateKeeper } from './gate-keeper.ts';
import {
  cleanChecks,
  dueChecks,
  type Looked,
  type Now,
  rangesBefore,
  refusals,
  SCHEDULE_MS,
} from './look.ts';

/** Between two looks a product rests this many times as long as the last one took ... */
const REST_SHARE = 9;
/** ... but no longer than this. */
const REST_MAX_MS = 5_000;

export interface CheckTaskOptions {
  readonly services: Services;
  readonly product: Product;
  readonly checks: readonly PlannedCheck[];
  /** Called after each look, once its results are on disk. */
  readonly onResults?: (results: readonly CheckResult[]) => void;
}

export class CheckTask {
  readonly name: string;
  readonly product: Product;
  readonly checks: readonly PlannedCheck[];
  readonly #options: CheckTaskOptions;
  readonly #meter: TaskMeter;
  readonly #gate: GateKeeper;
  readonly #stop = new AbortController();
  readonly #results = new Map<string, CheckResult>();
  #running: Promise<void> = Promise.resolve();
  #startedMs = 0;
  #looked: Looked | undefined;
  /** What was told to be wrong, so that it is told once. */
  #told = '';

  constructor(options: CheckTaskOptions) {
    this.#options = options;
    this.product = options.product;
    this.checks = options.checks;
    this.name = `check/${options.product.id}`;
    this.#gate = new GateKeeper(options.services, options.product, this.name);
    this.#meter = new TaskMeter(this.name, () => options.services.clock.nowMs());
  }

  start(): void {
    const { clock, log } = this.#options.services;
    this.#startedMs = clock.nowMs();
    const task = { name: this.name, meter: this.#meter, clock, log, signal: this.#stop.signal };
    this.#running = supervise({ ...task, work: () => this.#work() });
  }

  async stop(): Promise<void> {
    this.#stop.abort(new Error('stopped'));
    await this.#running;
  }

  /** The last outcome of each check, in their order; none before the first look. */
  results(): readonly CheckResult[] {
    return this.checks.flatMap(({ id }) => this.#results.get(id) ?? []);
  }

  status(): TaskStatus {
    const status = this.#meter.status();
    if (status.lastError || status.state !== 'caught-up') return status;
    if (this.#isBehind()) return { ...status, state: 'running' };
    const wrong = refusals(this.results());
    return wrong.length === 0 ? status : { ...status, state: 'failed', lastError: this.#problem(wrong) };
  }

  /** Lets the position through that was refused last. Throws GATE_NOT_HELD. */
  release(reason: string): Promise<number> {
    return this.#gate.release(reason);
  }

  #problem(wrong: readonly CheckResult[]): NonNullable<TaskStatus['lastError']> {
    const { services, product } = this.#options;
    const held = services.published.refusedAt(product.id);
    const what = wrong.map(({ check, message }) => `${check.id}: ${message}`).join(' ');
    const message =
      held === undefined
        ? `Checks of ${product.id} fail. ${what}`
        : `Position ${held} of ${product.id} is held back; ${services.published.position(product.id)} is served. ${what}`;
    const hint =
      held === undefined
        ? `Correct the data or the check; /p/${product.name}/v${product.major}/quality shows rows.`
        : `Correct the data, or let it through: wharf release ${product.id} --reason "..."`;
    return { code: 'CHECKS_FAILED', message, hint };
  }

  /** True while there is something that was journaled and not looked at. */
  #isBehind(): boolean {
    const { published } = this.#options.services;
    const complete = published.complete(this.product.id);
    return complete > 0 && complete !== this.#looked?.position;
  }

  async #work(): Promise<void> {
    const { clock } = this.#options.services;
    this.#meter.state = 'running';
    while (!this.#stop.signal.aborted) {
      const startedMs = clock.nowMs();
      if (await this.#step()) {
        this.#meter.lastError = undefined;
        const restMs = Math.min(REST_MAX_MS, REST_SHARE * (clock.nowMs() - startedMs));
        if (this.#isBehind()) await this.#sleep(restMs, this.#stop.signal);
      }
      this.#meter.state = 'caught-up';
      await this.#untilNews();
      this.#meter.state = 'running';
    }
  }

  #now(): Now {
    const { published, clock } = this.#options.services;
    const streams = this.#referenced();
    return {
      position: published.complete(this.product.id),
      references: new Map(streams.map((stream) => [stream, this.#referencePosition(stream)])),
      nowMs: clock.nowMs(),
    };
  }

  #isReferenceMoved(): boolean {
    const looked = this.#looked?.references;
    return looked !== undefined && [...looked].some(([stream, at]) => this.#referencePosition(stream) !== at);
  }

  /** A product that is derived from what it refers to is held to what it was derived from, and not to what came since. */
  #referencePosition(stream: string): number {
    const { journal, published } = this.#options.services;
    const derived = journal.cursor(deriveTaskName(this.product.id)) as DeriveCursor | undefined;
    return derived?.positions[stream] ?? published.position(stream);
  }

  #referenced(): string[] {
    const streams = this.checks.flatMap(({ measure }) =>
      measure.of === 'references' ? [measure.reference.stream] : [],
    );
    return [...new Set(streams)];
  }

  /** Looks, when there is something to look at; false when there is not. */
  async #step(): Promise<boolean> {
    const now = this.#now();
    const due = dueChecks(this.checks, this.#looked, now);
    if (due.length === 0 && now.position === this.#looked?.position) return false;
    // A product that has just been started is not empty yet; it is only waiting.
    if (now.position === 0 && now.nowMs - this.#startedMs < SCHEDULE_MS) return false;
    const batchSince = this.#batchSince();
    const running = due.filter((check) => check.on !== 'batch' || batchSince !== now.position);
    const found = await this.#run(running, now, batchSince);
    for (const result of found) this.#results.set(result.check.id, result);
    const { position, nowMs } = now;
    await this.#gate.decide({ position, nowMs, found, all: [...this.#results.values()] });
    this.#tell(refusals(this.#results.values()));
    this.#looked = {
      position: now.position,
      references: now.references,
      scheduledMs: this.#scheduledMs(due, now),
    };
    this.#options.onResults?.(this.results());
    return true;
  }

  #scheduledMs(due: readonly PlannedCheck[], now: Now): number {
    const last = this.#looked?.scheduledMs ?? now.nowMs;
    return now.nowMs - last >= SCHEDULE_MS || due.length === this.checks.length ? now.nowMs : last;
  }

  async #run(due: readonly PlannedCheck[], now: Now, batchSince: number | undefined): Promise<CheckResult[]> {
    const { services, product } = this.#options;
    const { store, engine, journal } = services;
    const since = this.#looked?.position;
    const isKept = since !== undefined && since >= store.oldest(product.id);
    const facts = { 'wharf.product': product.id, 'wharf.position': now.position, 'wharf.checks': due.length };
    const scope = {
      product,
      store,
      engine,
      position: now.position,
      since: isKept ? since : undefined,
      batchSince,
      clean: cleanChecks(this.#results.values(), this.#looked, now),
      ranges: rangesBefore(this.#results.values(), this.#looked, now),
      references: now.references,
      nowMs: now.nowMs,
      recordTimeUs: journal.headTimeUs(product.id),
      signal: this.#stop.signal,
    };
    const outcomes = await services.tracer.span('checks', facts, () => runChecks(due, scope));
    return outcomes.map((outcome) => ({ ...outcome, position: now.position, checkedAtMs: now.nowMs }));
  }

  /** What consumers do not see yet is new to them, also when it was looked at and refused before. */
  #batchSince(): number | undefined {
    const { published, journal } = this.#options.services;
    if (published.isGated(this.product.id)) return published.position(this.product.id);
    return journal.cursor(this.name) as number | undefined;
  }

  #tell(wrong: readonly CheckResult[]): void {
    const { log } = this.#options.services;
    const what = wrong.map(({ check }) => check.id).join(', ');
    if (what === this.#told) return;
    if (wrong.length > 0) {
      const { code, message, hint } = this.#problem(wrong);
      log.error(`${this.name}: ${message}`, { code, ...(hint ? { hint } : {}) });
    } else log.info(`${this.name}: all checks pass again.`);
    this.#told = what;
  }

  /** Until records or what is referred to move, time-dependent checks are due, or the task is stopped. */
  async #untilNews(): Promise<void> {
    const { published } = this.#options.services;
    const waited = new AbortController();
    const signal = AbortSignal.any([this.#stop.signal, waited.signal]);
    const stops: (() => void)[] = [];
    const moved = new Promise<void>((resolve) => {
      stops.push(published.onComplete(this.product.id, resolve));
      for (const stream of this.#referenced()) stops.push(published.onMove(stream, resolve));
      signal.addEventListener('abort', () => resolve(), { once: true });
      if (this.#isBehind() || this.#isReferenceMoved()) resolve();
    });
    await Promise.race([moved, this.#sleep(SCHEDULE_MS, signal)]);
    waited.abort();
    for (const stop of stops) stop();
  }

  #sleep(ms: number, signal: AbortSignal): Promise<void> {
    return this.#options.services.clock.sleep(ms, signal).catch(() => undefined);
  }
}
