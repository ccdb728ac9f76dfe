/**
 * Keeps a derived product up to date: whenever an input's published position moves, the query is answered for all inputs at one
 * vector of positions (the whole of it, or what can have changed: `way-taken.ts`), and only the difference to the product's own
 * state is journaled, together with that vector.
 *
 * The state after a cycle depends on the inputs' positions alone, not on the cycles before, so a cycle may be lost at any
 * point and done again. Moves that come while a cycle runs are taken together by the next one.
 */
import { WharfError } from '../../base/errors.ts';
import { analyseDerive } from '../../transform/analyse-derive.ts';
import { supervise } from '../capture/supervise.ts';
import { TaskMeter, type TaskStatus } from '../capture/task-status.ts';
import { computeDifference, validDifference } from './compute-difference.ts';
import type { Derivation } from './derivation.ts';
import {
  type DeriveCursor,
  deriveHash,
  deriveTaskName,
  type Positions,
  samePositions,
} from './derive-cursor.ts';
import { DeriveNews } from './derive-news.ts';
import { tellWay } from './derive-progress.ts';
import { isNoPart, nextTarget, type Target } from './first-parts.ts';
import { journalDifference } from './journal-difference.ts';
import type { NearChange } from './near-step.ts';
import { publishedPositions } from './open-inputs.ts';
import { ReachedCursor } from './reached-cursor.ts';
import { WayTaken } from './way-taken.ts';

/** Between two cycles a product rests this many times as long as the last one took ... */
const REST_SHARES = { refresh: 2, rekey: 0.25, merge: 0, reduce: 0 } as const;
/** ... but no longer than this. */
const REST_MAX_MS = 2_000;
const REPLAY_POLL_MS = 20;

export class DeriveTask {
  readonly name: string;
  readonly #derivation: Derivation;
  readonly #way: WayTaken;
  readonly #news: DeriveNews;
  readonly #hash: string;
  readonly #meter: TaskMeter;
  readonly #stop = new AbortController();
  #running: Promise<void> | undefined;
  readonly #reached: ReachedCursor;
  /** The vector that the last cycle tried. */
  #tried: Positions = {};
  /** Of a first answer that is made in parts: where the part under way began. */
  #wholeWay: Target['way'];

  constructor(derivation: Derivation) {
    const { services, product, plan } = derivation;
    this.#meter = new TaskMeter(deriveTaskName(product.id), () => services.clock.nowMs());
    const { progress } = this.#meter;
    const onProgress = tellWay(
      (told) => progress.tell(told),
      () => this.#wholeWay,
    );
    this.#derivation = { ...derivation, onProgress };
    this.#way = new WayTaken(this.#derivation);
    this.#news = new DeriveNews(this.#derivation);
    this.name = deriveTaskName(product.id);
    this.#hash = deriveHash(plan);
    this.#reached = new ReachedCursor(services, this.name);
  }

  /** Does nothing when it was started before. */
  start(): void {
    if (this.#running) return;
    const { clock, log } = this.#derivation.services;
    const task = { name: this.name, meter: this.#meter, clock, log, signal: this.#stop.signal };
    this.#running = supervise({
      ...task,
      work: () => this.#work(),
      news: (signal) => this.#news.untilMoved(this.#tried, signal),
    });
  }

  async stop(): Promise<void> {
    this.#stop.abort(new Error('stopped'));
    await this.#running;
    await this.#derivation.typescript?.close();
    await this.#reached.write();
  }

  /** What the state that consumers see was computed from; undefined before the first answer. */
  get cursor(): DeriveCursor | undefined {
    return this.#reached.now?.isPart ? undefined : this.#reached.now;
  }

  /** How the last cycle got its rows. */
  get wayTaken(): WayTaken['last'] {
    return this.#way.last;
  }

  /** True when the state is that of another transform than the one declared now. */
  get outdated(): boolean {
    return this.#reached.now !== undefined && this.#reached.now.transform !== this.#hash;
  }

  status(): TaskStatus {
    const status = this.#meter.status();
    // Inputs may have moved just now, though the task has not woken up.
    const isLate = status.state === 'caught-up' && this.#isBehind();
    return isLate || this.#willTryAgain(status) ? { ...status, state: 'running' } : status;
  }

  /** What failed was tried with inputs that have moved since. */
  #willTryAgain({ state }: TaskStatus): boolean {
    const { services, plan } = this.#derivation;
    return state === 'failed' && !samePositions(this.#tried, publishedPositions(services, plan));
  }

  /** Computes the state anew, whether an input moved or not. Resolves once that is done; throws what went wrong. */
  async recompute(): Promise<void> {
    const { clock } = this.#derivation.services;
    this.#news.ask();
    this.#meter.lastError = undefined;
    this.start();
    while (this.#news.isAsked) {
      const { lastError } = this.#meter.status();
      if (lastError) throw new WharfError(lastError.code, lastError.message);
      await clock.sleep(REPLAY_POLL_MS, this.#stop.signal);
    }
  }

  #isBehind(): boolean {
    const { services, plan } = this.#derivation;
    const cursor = this.#reached.now;
    if (this.#news.isAsked || !cursor || cursor.transform !== this.#hash) return true;
    const dueMs = this.#dueMs();
    if (dueMs !== undefined && dueMs > (cursor.dueMs ?? Number.NEGATIVE_INFINITY)) return true;
    if (dueMs !== undefined && !cursor.isFirst) return false;
    return !samePositions(cursor.positions, publishedPositions(services, plan));
  }

  /** The instant that was due last; undefined for what is on no schedule. */
  #dueMs(): number | undefined {
    const { services, plan } = this.#derivation;
    return plan.schedule?.latest(services.clock.nowMs());
  }

  async #work(): Promise<void> {
    const { services, plan } = this.#derivation;
    this.#meter.state = 'running';
    this.#tried = publishedPositions(services, plan);
    await this.#refuseWrongSql();
    await this.#way.choose();
    while (!this.#stop.signal.aborted) {
      if (this.#isBehind()) {
        const startedMs = services.clock.nowMs();
        await services.turns
          .take(this.#derivation.depth, () => this.#cycle())
          .finally(() => this.#reached.now?.isPart || this.#meter.progress.tell(undefined));
        const share = this.#reached.now?.isPart ? 0 : REST_SHARES[this.#way.last];
        const restMs = Math.min(REST_MAX_MS, share * (services.clock.nowMs() - startedMs));
        if (this.#isBehind()) await this.#news.sleep(restMs, this.#stop.signal);
        continue;
      }
      this.#meter.state = 'caught-up';
      this.#meter.lastError = undefined;
      await this.#untilNewsOrWritten();
      this.#meter.state = 'running';
    }
  }

  async #refuseWrongSql(): Promise<void> {
    const { services, plan } = this.#derivation;
    if (plan.language === 'typescript') return;
    const problems = await analyseDerive(services.engine, plan);
    const [first, ...others] = problems.filter((problem) => problem.severity === 'error');
    if (!first) return;
    const message = [first, ...others].map((problem) => problem.message).join(' ');
    throw new WharfError(first.code, message, { hint: 'wharf check shows where.', details: { problems } });
  }

  async #cycle(): Promise<void> {
    const { services, plan } = this.#derivation;
    const again = this.#news.isAsked;
    this.#tried = publishedPositions(services, plan);
    const isKnown = !again && this.#reached.now?.transform === this.#hash;
    const known = isKnown ? this.#reached.now : undefined;
    const near = await this.#way.near(known, this.#stop.signal);
    if (near) await this.#reach({ positions: near.positions, isPart: false }, known, near);
    else await this.#goOn(known);
    if (again) this.#news.answered();
  }

  /** To what is published, or to a part of a long way there. */
  async #goOn(known: DeriveCursor | undefined): Promise<void> {
    const target = await nextTarget(this.#derivation, known, this.#tried);
    this.#wholeWay = target.way;
    await this.#reach(target, known).catch((thrown: unknown) => {
      if (!target.isPart || !isNoPart(thrown)) throw thrown;
      this.#wholeWay = undefined;
      return this.#reach({ positions: this.#tried, isPart: false }, known);
    });
  }

  async #reach(target: Target, known: DeriveCursor | undefined, near?: NearChange): Promise<void> {
    const { services, product, typescript } = this.#derivation;
    const { positions, isPart } = target;
    const { signal } = this.#stop;
    const dueMs = this.#dueMs();
    const open = () => this.#way.open(known, { positions, dueMs }, signal);
    const difference = near
      ? await validDifference(this.#derivation, near)
      : await computeDifference(this.#derivation, { open, isBackfill: known === undefined }, signal);
    try {
      const changes = difference.deletes.count + difference.upserts.count;
      const was = this.#reached.now;
      const isFirst = dueMs !== undefined && (!was || (was.isFirst && was.dueMs === dueMs));
      const marks = { isFirst: isFirst || undefined, isPart: isPart || undefined };
      const reached = { positions, transform: this.#hash, dueMs, lookedUp: typescript?.lookedUp, ...marks };
      const isEmpty = changes === 0 && difference.alongside.length === 0 && !isPart;
      const isQuiet = isEmpty && was !== undefined && !services.published.isHeld(product.id);
      if (isQuiet)
        await this.#reached.moveQuietly({ ...reached, position: services.journal.head(product.id) });
      else this.#reached.journaled(await journalDifference(this.#derivation, difference, reached, signal));
      this.#meter.count(changes, 0);
    } finally {
      await difference.remove();
    }
  }

  /** Until an input moves; meanwhile a quiet cursor is written down. */
  async #untilNewsOrWritten(): Promise<void> {
    const { services, plan } = this.#derivation;
    const from = this.#reached.now?.positions ?? publishedPositions(services, plan);
    const waited = new AbortController();
    const signal = AbortSignal.any([this.#stop.signal, waited.signal]);
    const isTimed = plan.schedule !== undefined && !this.#reached.now?.isFirst;
    const waits = [isTimed ? this.#news.untilAsked(signal) : this.#news.untilMoved(from, signal)];
    if (plan.schedule) waits.push(this.#news.untilDue(plan.schedule, signal));
    if (this.#reached.isUnwritten) waits.push(this.#news.sleep(Math.max(0, this.#reached.writeInMs), signal));
    await Promise.race(waits);
    waited.abort();
    await this.#reached.writeIfDue();
  }
}
