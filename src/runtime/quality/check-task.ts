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
import { crashPoint } from '../../base/crash-points.ts';
import { WharfError } from '../../base/errors.ts';
import type { Append, CursorUpdate } from '../../journal/journal.ts';
import type { PlannedCheck } from '../../quality/planned-check.ts';
import { runChecks } from '../../quality/run-checks.ts';
import type { Product } from '../../spec/model.ts';
import type { Services } from '../capture/services.ts';
import { supervise } from '../capture/supervise.ts';
import { TaskMeter, type TaskStatus } from '../capture/task-status.ts';
import { type DeriveCursor, deriveTaskName } from '../derive/derive-cursor.ts';
import { type CheckResult, checksAppend, releaseAppend } from './check-record.ts';
import './errors.ts';
import { cleanChecks, dueChecks, type Looked, type Now, refusals, SCHEDULE_MS } from './look.ts';

/** Between two looks a product rests this many times as long as the last one took ... */
const REST_SHARE = 9;
/** ... but no longer than this. */
const REST_MAX_MS = 2_000;
/** Results that say what the last ones said are journaled at most this often. */
const SAME_RESULTS_MS = 10_000;

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
  readonly #stop = new AbortController();
  readonly #results = new Map<string, CheckResult>();
  #running: Promise<void> = Promise.resolve();
  /** Decisions on the gate, one after the other. */
  #deciding: Promise<unknown> = Promise.resolve();
  #startedMs = 0;
  #looked: Looked | undefined;
  #journaled = new Map<string, string>();
  #journaledMs = 0;
  /** What was told to be wrong, so that it is told once. */
  #told = '';

  constructor(options: CheckTaskOptions) {
    this.#options = options;
    this.product = options.product;
    this.checks = options.checks;
    this.name = `check/${options.product.id}`;
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
    return this.#decide(async () => {
      const { services, product } = this.#options;
      const { journal, published, clock, log } = services;
      const position = published.refusedAt(product.id);
      if (position === undefined || !published.isGated(product.id)) throw notHeld(product);
      const cursors = [published.passing(product.id, position)];
      await journal.commit({ appends: [releaseAppend(product, position, reason, clock.nowMs())], cursors });
      published.pass(product.id, position);
      log.info(`${this.name}: position ${position} was let through: ${reason}`);
      return position;
    });
  }

  #decide<T>(work: () => Promise<T>): Promise<T> {
    const decided = this.#deciding.then(work);
    this.#deciding = decided.catch(() => undefined);
    return decided;
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
    await this.#decide(() => this.#settle(now, found));
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
    const outcomes = await runChecks(due, {
      product,
      store,
      engine,
      position: now.position,
      since: isKept ? since : undefined,
      batchSince,
      clean: cleanChecks(this.#results.values(), this.#looked, now),
      references: now.references,
      nowMs: now.nowMs,
      recordTimeUs: journal.headTimeUs(product.id),
      signal: this.#stop.signal,
    });
    return outcomes.map((outcome) => ({ ...outcome, position: now.position, checkedAtMs: now.nowMs }));
  }

  /** What consumers do not see yet is new to them, also when it was looked at and refused before. */
  #batchSince(): number | undefined {
    const { published, journal } = this.#options.services;
    if (published.isGated(this.product.id)) return published.position(this.product.id);
    return journal.cursor(this.name) as number | undefined;
  }

  /** Journals what was found together with what follows from it. */
  async #settle(now: Now, found: readonly CheckResult[]): Promise<void> {
    const { services, product } = this.#options;
    const { journal, published } = services;
    const wrong = refusals(this.#results.values());
    const isWaiting = published.isGated(product.id) && now.position > published.position(product.id);
    const cursors: CursorUpdate[] = [{ task: this.name, value: now.position }];
    if (isWaiting && wrong.length > 0) cursors.push(published.refusing(product.id, now.position));
    if (isWaiting && wrong.length === 0) cursors.push(published.passing(product.id, now.position));
    crashPoint('check.before-commit');
    await journal.commit({ appends: this.#news(found, now), cursors });
    crashPoint('check.after-commit');
    if (isWaiting && wrong.length > 0) published.refuse(product.id, now.position);
    if (isWaiting && wrong.length === 0) published.pass(product.id, now.position);
    this.#tell(wrong);
  }

  /** Results that say something new at once, the others now and then. */
  #news(found: readonly CheckResult[], now: Now): Append[] {
    const isTime = now.nowMs - this.#journaledMs >= SAME_RESULTS_MS;
    const news = found.filter(({ check, status }) => isTime || this.#journaled.get(check.id) !== status);
    for (const { check, status } of news) this.#journaled.set(check.id, status);
    if (isTime) this.#journaledMs = now.nowMs;
    return news.length === 0 ? [] : [checksAppend(this.product, news)];
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

function notHeld(product: Product): WharfError {
  const why = product.gate
    ? 'no position of it is held back'
    : 'it has no gate, so all that is journaled is published';
  return new WharfError('GATE_NOT_HELD', `There is nothing to release of ${product.id}: ${why}.`, {
    hint: 'wharf status shows what is held back.',
    place: { product: product.id },
  });
}
