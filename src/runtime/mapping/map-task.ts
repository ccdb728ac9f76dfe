/**
 * Maps one input's source log onto the product by the product's transform, record by record.
 *
 * The product's journal gets, in one commit, the mapped records, the rejects, and how far the source log was read; so
 * after a crash nothing is mapped twice. Of a closed whole marker (see `capture/whole-marker.ts`) only the difference is journaled.
 */
import { crashPoint } from '../../base/crash-points.ts';
import { WharfError } from '../../base/errors.ts';
import type { Append, CursorUpdate } from '../../journal/journal.ts';
import type { Dataset } from '../../schema/field.ts';
import type { ExternalInput, Product, Transform } from '../../spec/model.ts';
import { planRecordMap, type RecordMap } from '../../transform/record-map.ts';
import { sourceStream } from '../../transform/source-log.ts';
import { planTypescriptMap } from '../../transform/typescript/typescript-map.ts';
import { fedDataset, sourceDataset } from '../capture/destination.ts';
import type { Services } from '../capture/services.ts';
import { supervise } from '../capture/supervise.ts';
import { TaskMeter, type TaskStatus } from '../capture/task-status.ts';
import { readWholeMarker, type WholeMarker, wholeTask } from '../capture/whole-marker.ts';
import { rejectsAppend } from '../rejects/reject-record.ts';
import { MAP_RECORDS_MAX, MapBatch, type Mapped } from './map-batch.ts';
import { mapWhole } from './map-whole.ts';
import { transformHash } from './transform-hash.ts';

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
    const dataset = this.#dataset;
    const batch = new MapBatch({ services, product, input, dataset, source: sourceDataset(input), map });
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
    const { services, product, input } = this.#options;
    const { journal } = services;
    const marker = readWholeMarker(journal, product, input);
    const cursor = this.#cursor();
    if (marker?.to !== undefined) {
      const mapped = this.#cursorAt(Math.max(marker.to, cursor.position));
      const whole = { services, product, input, dataset: this.#dataset, batch, meter: this.#meter };
      await mapWhole(whole, { ...marker, to: marker.to }, [
        mapped,
        { task: this.#wholeTask, value: undefined },
      ]);
      return true;
    }
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
