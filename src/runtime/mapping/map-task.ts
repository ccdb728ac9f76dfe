/**
 * Maps one input's source log onto the product by the product's transform, record by record.
 *
 * The product's journal gets, in one commit, the mapped records, the rejects, and how far the source log was read; so
 * after a crash nothing is mapped twice. A closed whole marker (see `capture/whole-marker.ts`) is mapped into a staging
 * file first, and only its difference to the product's state is journaled.
 */
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { crashPoint } from '../../base/crash-points.ts';
import { WharfError } from '../../base/errors.ts';
import { LineFile } from '../../base/line-file.ts';
import { randomName } from '../../base/random.ts';
import type { Append, CursorUpdate } from '../../journal/journal.ts';
import type { Dataset } from '../../schema/field.ts';
import type { ExternalInput, Product, Transform } from '../../spec/model.ts';
import { planRecordMap, type RecordMap } from '../../transform/record-map.ts';
import { sourceStream } from '../../transform/source-log.ts';
import { planTypescriptMap } from '../../transform/typescript/typescript-map.ts';
import { applyDifference } from '../capture/apply-difference.ts';
import { fedDataset, sourceDataset } from '../capture/destination.ts';
import type { Services } from '../capture/services.ts';
import { supervise } from '../capture/supervise.ts';
import { TaskMeter, type TaskStatus } from '../capture/task-status.ts';
import { readWholeMarker, type WholeMarker, wholeTask } from '../capture/whole-marker.ts';
import { type RejectRecord, rejectsAppend } from '../rejects/reject-record.ts';
import { MapBatch, type Mapped } from './map-batch.ts';
import { transformHash } from './transform-hash.ts';

/** Source records mapped by one statement and journaled in one commit. */
const MAP_RECORDS_MAX = 20_000;

interface MapCursor {
  /** The source log is mapped through this position. */
  readonly position: number;
  /** The transform that did it. */
  readonly transform: string;
}

export interface MapTaskOptions {
  readonly services: Services;
  readonly product: Product;
  readonly transform: Transform;
  readonly input: ExternalInput;
}

export class MapTask {
  readonly name: string;
  readonly #options: MapTaskOptions;
  readonly #source: string;
  readonly #dataset: Dataset;
  readonly #hash: string;
  readonly #meter: TaskMeter;
  readonly #stop = new AbortController();
  #running: Promise<void> | undefined;
  #wake: () => void = () => undefined;

  constructor(options: MapTaskOptions) {
    this.#options = options;
    this.name = `map/${options.product.id}/${options.input.name}`;
    this.#source = sourceStream(options.product, options.input);
    this.#dataset = fedDataset(options.product, options.input);
    this.#hash = transformHash(options.transform, options.input, this.#dataset);
    this.#meter = new TaskMeter(this.name, () => options.services.clock.nowMs());
  }

  /** Does nothing when it was started before. */
  start(): void {
    if (this.#running) return;
    const { clock, log } = this.#options.services;
    const task = { name: this.name, meter: this.#meter, clock, log, signal: this.#stop.signal };
    this.#running = supervise({ ...task, work: () => this.#work() });
  }

  async stop(): Promise<void> {
    this.#stop.abort(new Error('stopped'));
    this.#wake();
    await this.#running;
  }

  status(): TaskStatus {
    const status = this.#meter.status();
    // Records that have just been captured are not mapped yet, though the task may not have woken up.
    return status.state === 'caught-up' && this.#lag() > 0 ? { ...status, state: 'running' } : status;
  }

  /** Records of the source log that are still to be mapped. */
  #lag(): number {
    const { journal } = this.#options.services;
    const marker = readWholeMarker(journal, this.#options.product, this.#options.input);
    if (marker?.to !== undefined) return marker.to - marker.from + 1;
    return (marker ? marker.from - 1 : journal.head(this.#source)) - this.#cursor().position;
  }

  /** True when records of the source log were mapped by another transform than the one declared now. */
  get outdated(): boolean {
    const cursor = this.#cursor();
    return cursor.position > 0 && cursor.transform !== this.#hash;
  }

  /**
   * Has every source record mapped again, and the difference journaled. Resolves once that is done.
   * Throws REPLAY_NOTHING when a difference cannot be taken, because the dataset has no key.
   */
  async replay(): Promise<void> {
    const { journal, store, clock } = this.#options.services;
    if (this.#dataset.key === 'none') {
      throw new WharfError(
        'REPLAY_NOTHING',
        `${this.#options.product.id} has no key, so mapped records cannot be replaced.`,
        {
          hint: 'Declare a key (or key: row) to make its source records mappable again.',
        },
      );
    }
    const marker: WholeMarker = {
      // The state at the oldest position is kept; the records behind it are.
      from: store.oldest(this.#source) + 1,
      to: journal.head(this.#source),
      deletes: true,
    };
    await journal.commit({ cursors: [{ task: this.#wholeTask, value: marker }] });
    this.start();
    this.#wake();
    while (readWholeMarker(journal, this.#options.product, this.#options.input)?.to !== undefined) {
      if (this.#meter.state === 'failed')
        throw new WharfError('REPLAY_NOTHING', this.#meter.lastError?.message ?? 'The map failed.');
      await clock.sleep(20, this.#stop.signal);
    }
  }

  get #wholeTask(): string {
    return wholeTask(this.#options.product, this.#options.input);
  }

  #cursor(): MapCursor {
    const stored = this.#options.services.journal.cursor(this.name) as MapCursor | undefined;
    return stored ?? { position: 0, transform: this.#hash };
  }

  async #work(): Promise<void> {
    const { services, product, input } = this.#options;
    this.#meter.state = 'running';
    const map = await this.#planMap();
    const batch = new MapBatch({
      services,
      product,
      input,
      dataset: this.#dataset,
      source: sourceDataset(input),
      map,
    });
    try {
      while (!this.#stop.signal.aborted) {
        if (await this.#step(batch)) continue;
        this.#meter.state = 'caught-up';
        this.#meter.lastError = undefined;
        await this.#untilNews();
        this.#meter.state = 'running';
      }
    } finally {
      await map.close?.();
    }
  }

  #planMap(): Promise<RecordMap> {
    const { services, transform, input } = this.#options;
    const plan = { input: input.name, fields: input.fields ?? [], dataset: this.#dataset };
    if (transform.language === 'typescript') return planTypescriptMap({ ...plan, transform });
    return planRecordMap(services.engine, { ...plan, sql: transform.source });
  }

  /** Does the next piece of work; false when there is none now. */
  async #step(batch: MapBatch): Promise<boolean> {
    const { journal } = this.#options.services;
    const marker = readWholeMarker(journal, this.#options.product, this.#options.input);
    if (marker?.to !== undefined) {
      await this.#mapWhole(batch, marker, marker.to);
      return true;
    }
    const cursor = this.#cursor();
    const to = marker ? marker.from - 1 : journal.head(this.#source);
    if (cursor.position >= to) return false;
    const mapped = await batch.map(cursor.position + 1, Math.min(to, cursor.position + MAP_RECORDS_MAX));
    await this.#commit(mapped);
    return true;
  }

  async #commit(mapped: Mapped): Promise<void> {
    const appends: Append[] = [];
    const { product, services } = this.#options;
    const { count, body } = mapped;
    if (count > 0) appends.push({ stream: product.id, dataset: this.#dataset.name, count, body });
    if (mapped.rejects.length > 0) appends.push(rejectsAppend(mapped.rejects));
    crashPoint('map.before-commit');
    await services.journal.commit({ appends, cursors: [this.#cursorAt(mapped.through)] });
    crashPoint('map.after-commit');
    this.#meter.count(count, mapped.rejects.length);
  }

  #cursorAt(position: number): CursorUpdate {
    const value: MapCursor = { position, transform: this.#hash };
    return { task: this.name, value };
  }

  async #mapWhole(batch: MapBatch, marker: WholeMarker, to: number): Promise<void> {
    const { services, product } = this.#options;
    const { journal, store } = services;
    const staging = await LineFile.create(path.join(services.temporaryFolder, `map-${randomName()}.ndjson`));
    try {
      await this.#stageWhole(batch, marker, to, staging);
      const cursors = [
        this.#cursorAt(Math.max(to, this.#cursor().position)),
        { task: this.#wholeTask, value: undefined },
      ];
      const request = {
        journal,
        store,
        stream: product.id,
        dataset: this.#dataset,
        staged: staging.path,
        deletes: marker.deletes,
        cursors,
      };
      const { upserts, deletes } = await applyDifference(request);
      this.#meter.count(upserts + deletes, 0);
    } finally {
      await staging.close();
      await rm(staging.path, { force: true });
    }
  }

  /** What people corrected by hand stays corrected: it is staged in the place of what was rejected. */
  async #stageWhole(batch: MapBatch, marker: WholeMarker, to: number, staging: LineFile): Promise<void> {
    const { services, product, input } = this.#options;
    const corrections = await services.rejects.corrections(product.id, input.name);
    const rejected = new Set<string>();
    for (let from = marker.from; from <= to; ) {
      const mapped = await batch.map(from, Math.min(to, from + MAP_RECORDS_MAX - 1));
      await staging.append(mapped.body, mapped.count);
      const news = mapped.rejects.filter((reject: RejectRecord) => !corrections.has(reject.id));
      for (const reject of news) rejected.add(reject.id);
      if (news.length > 0) await services.journal.commit({ appends: [rejectsAppend(news)] });
      this.#meter.count(0, news.length);
      this.#meter.progress.tell({
        amount: { done: mapped.through - marker.from + 1, total: to - marker.from + 1 },
        unit: 'records',
      });
      from = mapped.through + 1;
    }
    await this.#closeMended(rejected, marker);
    this.#meter.progress.tell(undefined);
    await this.#stageCorrections(staging, [...corrections.values()]);
  }

  /** What was rejected before and is mapped now needs nobody any more. */
  async #closeMended(rejected: ReadonlySet<string>, marker: WholeMarker): Promise<void> {
    const { services, product, input } = this.#options;
    for await (const reject of services.rejects.openOfTransform(product.id, input.name)) {
      if (rejected.has(reject.id) || reject.line < marker.from) continue;
      await services.journal.commit({ appends: [services.rejects.closing(reject, 'replayed', null)] });
    }
  }

  async #stageCorrections(staging: LineFile, corrections: readonly string[]): Promise<void> {
    if (corrections.length === 0) return;
    const bytes = Buffer.from(corrections.map((document) => `${document}\n`).join(''));
    const slice = { bytes, framing: { format: 'ndjson' } as const, line: 1 };
    const verdict = await this.#options.services.pool.validate(this.#dataset, 'upsert', slice);
    await staging.append(verdict.accepted, verdict.count);
  }

  /** Until the source log grows, a marker closes, a replay is asked for, or the task is stopped. */
  #untilNews(): Promise<void> {
    const { journal } = this.#options.services;
    return new Promise((resolve) => {
      const done = () => {
        stopListening();
        this.#wake = () => undefined;
        resolve();
      };
      const stopListening = journal.onAppend(this.#source, done);
      this.#wake = done;
    });
  }
}
