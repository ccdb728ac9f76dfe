/**
 * Reads one pull input for ever: source -> validation thread -> journal.
 *
 * Each batch's records, rejects and cursor are one commit, so after a crash the source is read on from exactly where its
 * journaled records end. Batches are validated ahead (PIPELINE_DEPTH) and committed in the order of the source, those that are ready
 * together as one.
 *
 * A source that is read as a whole again goes one of two ways (`StagedWhole`, `MappedWhole`). In both, only its difference to what is there
 * is journaled, and the cursor moves with the last record only.
 */
import type { CaptureBatch, CaptureContext, MeshContext, PullInput } from '../../kit/input.ts';
import { keyFieldsOf } from '../../schema/field.ts';
import type { SliceVerdict } from '../../schema/slice.ts';
import type { ExternalInput, Product } from '../../spec/model.ts';
import { openReject, type RejectRecord } from '../rejects/reject-record.ts';
import { CaptureHold } from './capture-hold.ts';
import { appendsOf, commitRecords } from './commit-records.ts';
import { captureTaskName, type Destination, destinationOf } from './destination.ts';
import { waitForJournalRoom } from './journal-room.ts';
import { withoutKnownRejects } from './known-rejects.ts';
import { MappedWhole } from './mapped-whole.ts';
import type { Services } from './services.ts';
import { type JudgedBatch, SettleQueue } from './settle-queue.ts';
import { StagedWhole } from './staged-whole.ts';
import { supervise } from './supervise.ts';
import { TaskMeter, type TaskStatus } from './task-status.ts';
import { type BatchVerdict, validateBatch } from './validate-batch.ts';
import type { WholeSource } from './whole-source.ts';

/** Batches that are validated or committed while the next one is read. */
const PIPELINE_DEPTH = 6;

export interface CaptureTaskOptions {
  readonly services: Services;
  readonly product: Product;
  readonly input: ExternalInput;
  readonly connector: PullInput;
  /** Everything of the context that depends on the mesh and its folders. */
  readonly context: MeshContext;
}

export class CaptureTask {
  readonly name: string;
  readonly #options: CaptureTaskOptions;
  readonly #destination: Destination;
  readonly #meter: TaskMeter;
  readonly #hold: CaptureHold;
  readonly #stop = new AbortController();
  readonly #whole: WholeSource;
  #running: Promise<void> = Promise.resolve();
  #reading: AbortController | undefined;
  #queue = this.#newQueue();

  constructor(options: CaptureTaskOptions) {
    this.#options = options;
    this.name = captureTaskName(options.product, options.input);
    this.#destination = destinationOf(options.product, options.input);
    this.#meter = new TaskMeter(this.name, () => options.services.clock.nowMs());
    this.#hold = new CaptureHold(options.services, this.#destination.stream, this.name);
    this.#whole = this.#destination.mapped
      ? new MappedWhole(options.services, options, this.#stop.signal)
      : new StagedWhole(options.services, this.#destination);
  }

  start(): void {
    const { clock, log } = this.#options.services;
    const task = { name: this.name, meter: this.#meter, clock, log, signal: this.#stop.signal };
    this.#running = supervise({ ...task, work: () => this.#work() });
  }

  async stop(): Promise<void> {
    this.#stop.abort(new Error('stopped'));
    await this.#running;
  }

  status(): TaskStatus {
    return this.#meter.status();
  }

  async #work(): Promise<void> {
    const { connector, services } = this.#options;
    this.#meter.state = 'running';
    this.#queue = this.#newQueue();
    const inFlight: Promise<void>[] = [];
    try {
      for await (const batch of connector.capture(this.#contextNow())) {
        this.#meter.state = 'running';
        const verdict = validateBatch(services.pool, this.#destination.dataset, batch);
        inFlight.push(this.#settleInOrder(batch, verdict));
        if (inFlight.length >= PIPELINE_DEPTH || batch.whole?.last) await inFlight.shift();
        if (batch.whole?.last) await Promise.all(inFlight.splice(0));
        await waitForJournalRoom(services, this.#destination.stream, this.#stop.signal);
      }
      await Promise.all(inFlight);
    } catch (thrown) {
      throw this.#reading?.signal.aborted ? this.#reading.signal.reason : thrown;
    } finally {
      await Promise.allSettled(inFlight);
      await this.#whole.drop?.();
    }
  }

  #newQueue(): SettleQueue {
    return new SettleQueue((group) => this.#settle(group));
  }

  #settleInOrder(batch: CaptureBatch, verdict: Promise<BatchVerdict>): Promise<void> {
    const settled = this.#queue.push(batch, verdict);
    // A failed commit must end a connector that waits for news.
    settled.catch((error) => this.#reading?.abort(error));
    return settled;
  }

  #contextNow(): CaptureContext {
    const { services, input, context } = this.#options;
    this.#reading = new AbortController();
    return {
      ...context,
      options: input.options,
      fields: this.#destination.dataset.fields,
      id: this.name,
      mapped: this.#destination.mapped,
      key: keyFieldsOf(this.#destination.dataset).map((field) => field.name),
      keepsExtra: this.#destination.dataset.extra === 'keep',
      cursor: services.journal.cursor(this.name),
      durable: () => services.journal.cursor(this.name),
      row: (key) => this.#row(key),
      measure: (name, value) => void this.#meter.gauges.set(name, value),
      signal: AbortSignal.any([this.#stop.signal, this.#reading.signal]),
      clock: services.clock,
      log: services.log,
      caughtUp: () =>
        void this.#queue.settled.then(
          () => this.#becomeCaughtUp(),
          () => undefined,
        ),
      warn: (message) => services.log.warn(`${this.name}: ${message}`),
    };
  }

  #becomeCaughtUp(): void {
    this.#meter.state = 'caught-up';
    this.#meter.lastError = undefined;
    this.#meter.progress.tell(undefined);
  }

  /** The row as it is once all that was read so far is journaled. */
  async #row(key: readonly string[]): Promise<string | undefined> {
    await this.#queue.settled;
    const { journal, store } = this.#options.services;
    const { stream, dataset } = this.#destination;
    return store.row(stream, dataset.name, journal.head(stream), key);
  }

  async #settle(group: readonly JudgedBatch[]): Promise<void> {
    const [first] = group as readonly [JudgedBatch];
    if (first.batch.open) await this.#hold.begin(this.#stop.signal);
    const { progress } = group.at(-1)?.batch ?? {};
    if (progress)
      this.#meter.progress.tell({
        amount: { done: progress.doneBytes, total: progress.totalBytes },
        unit: 'bytes',
      });
    if (first.batch.whole) await this.#settleWhole(first.batch.whole, first);
    else await this.#settleRecords(group);
  }

  async #settleWhole(
    whole: NonNullable<CaptureBatch['whole']>,
    { batch, found }: JudgedBatch,
  ): Promise<void> {
    const { services } = this.#options;
    const every = this.#rejectsOf(batch, found);
    const { verdict, rejects } = await withoutKnownRejects(services, this.#destination.dataset, found, every);
    const cursor = { task: this.name, value: batch.cursor };
    await this.#whole.settle({ whole, verdict, rejects, cursor });
    this.#meter.count(verdict.count, rejects.length);
  }

  /** One commit for all of them, with the last one's cursor. Ends the hold, where there is one, when that makes all whole. */
  async #settleRecords(group: readonly JudgedBatch[]): Promise<void> {
    const { journal } = this.#options.services;
    const last = (group.at(-1) as JudgedBatch).batch;
    const appends = group.flatMap(({ found }) =>
      appendsOf(this.#destination, found).map((append) => ({ ...append, deletes: found.deletes })),
    );
    const rejects = group.flatMap(({ batch, found }) => this.#rejectsOf(batch, found));
    const count = group.reduce((sum, { found }) => sum + found.count, 0);
    const head = journal.head(this.#destination.stream) + count;
    const ending = last.open ? [] : this.#hold.ending(head);
    const cursors = [{ task: this.name, value: last.cursor }, ...ending];
    await commitRecords(journal, { appends, rejects, cursors });
    this.#hold.ended(ending, head);
    this.#meter.count(count, rejects.length);
  }

  #rejectsOf(batch: CaptureBatch, verdict: SliceVerdict): RejectRecord[] {
    const { product, input } = this.#options;
    return verdict.rejects.map((reject) =>
      openReject({
        product: product.id,
        input: input.name,
        dataset: this.#destination.dataset.name,
        stage: 'source',
        file: batch.place.file,
        line: reject.line,
        document: reject.document,
        reasons: reject.reasons,
      }),
    );
  }
}
