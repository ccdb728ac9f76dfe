/**
 * Decides what of a product is published, and writes the decision down with what it rests on: the results of a look, or the word of
 * somebody who lets a refused position through. One decision at a time; consumers see its outcome once it is on disk.
 */
import { crashPoint } from '../../base/crash-points.ts';
import { WharfError } from '../../base/errors.ts';
import type { Append, CursorUpdate } from '../../journal/journal.ts';
import type { Product } from '../../spec/model.ts';
import type { Services } from '../capture/services.ts';
import { type CheckResult, checksAppend, releaseAppend } from './check-record.ts';
import './errors.ts';
import { refusals } from './look.ts';

/** Results that say what the last ones said are journaled at most this often. */
const SAME_RESULTS_MS = 10_000;

export interface Decision {
  readonly position: number;
  readonly nowMs: number;
  /** What the look found just now. */
  readonly found: readonly CheckResult[];
  /** The last result of every check. */
  readonly all: readonly CheckResult[];
}

export class GateKeeper {
  readonly #services: Services;
  readonly #product: Product;
  /** The task under whose name it is kept how far was looked. */
  readonly #task: string;
  #deciding: Promise<unknown> = Promise.resolve();
  readonly #journaled = new Map<string, string>();
  #journaledMs = 0;

  constructor(services: Services, product: Product, task: string) {
    this.#services = services;
    this.#product = product;
    this.#task = task;
  }

  /** Publishes the position, or refuses it; without a gate it only writes down what was found. */
  decide(decision: Decision): Promise<void> {
    return this.#next(() => this.#decide(decision));
  }

  /** Lets the position through that was refused last. Throws GATE_NOT_HELD. */
  release(reason: string): Promise<number> {
    return this.#next(async () => {
      const product = this.#product;
      const { journal, published, clock, log } = this.#services;
      const position = published.refusedAt(product.id);
      if (position === undefined || !published.isGated(product.id)) throw notHeld(product);
      const cursors = [published.passing(product.id, position)];
      await journal.commit({ appends: [releaseAppend(product, position, reason, clock.nowMs())], cursors });
      published.pass(product.id, position);
      log.info(`${product.id}: position ${position} was let through: ${reason}`);
      return position;
    });
  }

  #next<T>(work: () => Promise<T>): Promise<T> {
    const decided = this.#deciding.then(work);
    this.#deciding = decided.catch(() => undefined);
    return decided;
  }

  async #decide({ position, nowMs, found, all }: Decision): Promise<void> {
    const { journal, published } = this.#services;
    const { id } = this.#product;
    const isWaiting = published.isGated(id) && position > published.position(id);
    const isRefused = refusals(all).length > 0;
    const cursors: CursorUpdate[] = [{ task: this.#task, value: position }];
    if (isWaiting)
      cursors.push(isRefused ? published.refusing(id, position) : published.passing(id, position));
    crashPoint('check.before-commit');
    await journal.commit({ appends: this.#news(found, nowMs), cursors });
    crashPoint('check.after-commit');
    if (!isWaiting) return;
    if (isRefused) published.refuse(id, position);
    else published.pass(id, position);
  }

  /** Results that say something new at once, the others now and then. */
  #news(found: readonly CheckResult[], nowMs: number): Append[] {
    const isTime = nowMs - this.#journaledMs >= SAME_RESULTS_MS;
    const news = found.filter(({ check, status }) => isTime || this.#journaled.get(check.id) !== status);
    for (const { check, status } of news) this.#journaled.set(check.id, status);
    if (isTime) this.#journaledMs = nowMs;
    return news.length === 0 ? [] : [checksAppend(this.#product, news)];
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
