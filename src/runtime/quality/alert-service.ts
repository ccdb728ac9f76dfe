/**
 * Tells people when checks of a product begin to fail, or a promise to be broken, and when that ends: one message each, none in between.
 *
 * What was told last, and what is still to be sent, are cursors of one commit, so a crash neither forgets a message nor begins a new
 * one; a message may arrive twice under the same id.
 */
import { createHash } from 'node:crypto';
import { messageOf } from '../../base/errors.ts';
import type { CursorUpdate } from '../../journal/journal.ts';
import type { Product } from '../../spec/model.ts';
import type { Services } from '../capture/services.ts';
import type { AlertEvent } from './alert-message.ts';
import { type AlertTarget, isFor } from './alert-target.ts';
import { sendAlert } from './send-alert.ts';

const STATES = 'alert-state/';
const OUTBOX = 'alert-outbox/';
/** Messages that wait to be sent; further ones are told to the log alone. */
const OUTBOX_MAX = 1_000;
const BACK_OFF_FIRST_MS = 1_000;
const BACK_OFF_MAX_MS = 600_000;
/** A message that nobody took for so long is given up. */
const GIVE_UP_MS = 24 * 3_600_000;

interface Waiting {
  readonly target: string;
  readonly event: AlertEvent;
}

export class AlertService {
  readonly #services: Pick<Services, 'journal' | 'clock' | 'log'>;
  readonly #mesh: string;
  readonly #targets: readonly AlertTarget[];
  readonly #stop = new AbortController();
  #running: Promise<void> = Promise.resolve();
  #telling: Promise<void> = Promise.resolve();
  #wake: () => void = () => undefined;

  constructor(
    services: Pick<Services, 'journal' | 'clock' | 'log'>,
    mesh: string,
    targets: readonly AlertTarget[],
  ) {
    this.#services = services;
    this.#mesh = mesh;
    this.#targets = targets;
  }

  start(): void {
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    await this.#telling;
    this.#stop.abort(new Error('stopped'));
    await this.#running;
  }

  /** Says how a topic of a product is; who was told the same before is not told again. */
  report(product: Product, topic: string, problem: string | undefined): void {
    if (this.#targets.length === 0) return;
    const { log } = this.#services;
    this.#telling = this.#telling
      .then(() => this.#tell(product, topic, problem))
      .catch((error: unknown) => log.error(`An alert could not be written down: ${messageOf(error)}`));
  }

  /**
   * News of a product for all who are told of it, and by letter for `contact`, where the mesh sends letters at all: cursors, to be
   * committed with what happened; then `wake`.
   */
  announcing(product: Product, topic: string, message: string, contact: string | null): CursorUpdate[] {
    const timeMs = this.#services.clock.nowMs();
    const id = idOf(product.id, topic, message, String(timeMs));
    const { id: productId, owner } = product;
    const event: AlertEvent = { id, product: productId, owner, topic, state: 'told', timeMs, message };
    const told = this.#targets.filter((target) => isFor(target, product));
    const mail = this.#targets.find(({ kind }) => kind === 'email');
    const letters = mail && contact !== null ? [{ target: mail.name, event: { ...event, contact } }] : [];
    return this.#messages([...told.map(({ name }) => ({ target: name, event })), ...letters]);
  }

  /** Something waits to be sent. */
  wake(): void {
    this.#wake();
  }

  /** Sends a test message to each target now; resolves to what came of it. */
  test(): Promise<{ alert: string; ok: boolean; message: string }[]> {
    const timeMs = this.#services.clock.nowMs();
    const message = 'This is a test; nothing is wrong.';
    const base = { product: this.#mesh, owner: '', topic: 'checks', state: 'test' as const, timeMs, message };
    return Promise.all(
      this.#targets.map(async (target) => {
        const failure = await this.#send(target, { ...base, id: idOf(target.name, 'test', String(timeMs)) });
        return { alert: target.name, ok: failure === undefined, message: failure ?? 'It was taken.' };
      }),
    );
  }

  async #tell(product: Product, topic: string, problem: string | undefined): Promise<void> {
    const { journal, clock } = this.#services;
    const task = `${STATES}${product.id}/${topic}`;
    const since = journal.cursor(task) as number | undefined;
    if ((problem !== undefined) === (since !== undefined)) return;
    const timeMs = clock.nowMs();
    const state = problem === undefined ? 'ended' : 'begun';
    const event = {
      id: idOf(product.id, topic, state, String(timeMs)),
      product: product.id,
      owner: product.owner,
      topic,
      state,
      timeMs,
      message:
        problem ?? (topic === 'checks' ? 'All checks pass again.' : `The promise of ${topic} is kept again.`),
    } as const;
    const wanted = this.#targets.filter((target) => isFor(target, product));
    await journal.commit({
      cursors: [
        { task, value: problem === undefined ? undefined : timeMs },
        ...this.#messages(wanted.map(({ name }) => ({ target: name, event }))),
      ],
    });
    this.#wake();
  }

  /** What is to be committed so that it is sent. */
  #messages(waiting: readonly Waiting[]): CursorUpdate[] {
    const { journal, log } = this.#services;
    const room = Math.max(0, OUTBOX_MAX - [...journal.cursors(OUTBOX)].length);
    for (const { target, event } of waiting.slice(room))
      log.error(`Too many alerts wait to be sent; this one is not, to "${target}": ${event.message}`);
    return waiting.slice(0, room).map(({ target, event }) => ({
      task: `${OUTBOX}${String(event.timeMs).padStart(15, '0')}/${event.id}/${target}${event.contact ? '/contact' : ''}`,
      value: { target, event },
    }));
  }

  async #run(): Promise<void> {
    let failures = 0;
    while (!this.#stop.signal.aborted) {
      const isAllSent = await this.#sendAll();
      failures = isAllSent ? 0 : failures + 1;
      await this.#rest(failures);
    }
  }

  /** Until there is news; after a failure, until the next try. */
  async #rest(failures: number): Promise<void> {
    const { clock, journal } = this.#services;
    if (failures > 0) {
      const waitMs = Math.min(BACK_OFF_MAX_MS, BACK_OFF_FIRST_MS * 2 ** (failures - 1));
      await clock.sleep(waitMs, this.#stop.signal).catch(() => undefined);
      return;
    }
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      this.#stop.signal.addEventListener('abort', () => resolve(), { once: true });
      if (this.#stop.signal.aborted || !journal.cursors(OUTBOX).next().done) resolve();
    });
  }

  /** Oldest first; false when one of them was not taken. */
  async #sendAll(): Promise<boolean> {
    const { journal, clock, log } = this.#services;
    let isAllSent = true;
    for (const { task, value } of [...journal.cursors(OUTBOX)]) {
      if (this.#stop.signal.aborted) return isAllSent;
      const { target: name, event } = value as Waiting;
      const target = this.#targets.find((one) => one.name === name);
      const failure = target && (await this.#send(target, event));
      const isOld = clock.nowMs() - event.timeMs > GIVE_UP_MS;
      if (failure !== undefined && !isOld) {
        log.warn(`The alert "${name}" was not taken and is tried again: ${failure}`);
        isAllSent = false;
        continue;
      }
      if (failure !== undefined)
        log.error(`The alert "${name}" was not taken for a day and is given up: ${event.message}`);
      await journal.commit({ cursors: [{ task, value: undefined }] });
    }
    return isAllSent;
  }

  #send(target: AlertTarget, event: AlertEvent): Promise<string | undefined> {
    const nowMs = this.#services.clock.nowMs();
    return sendAlert(target, event, { mesh: this.#mesh, nowMs, signal: this.#stop.signal });
  }
}

function idOf(...parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}
