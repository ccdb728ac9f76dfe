/**
 * One stream's runs: its manifest, its tail, and the one thing at a time that changes them.
 *
 * The manifest is a journal cursor. Once it is durable and everybody who reads goes by it, the journal lets go of the blocks that
 * its runs replace: at every moment a reader finds each record in one of them. A crash in between leaves blocks that are not
 * read any more, or files that no manifest names; both are removed, the blocks by the next flush, the files at start.
 */
import path from 'node:path';
import { present } from '../base/assert.ts';
import { crashPoint } from '../base/crash-points.ts';
import { WharfError } from '../base/errors.ts';
import type { Dataset } from '../schema/field.ts';
import type { StoreContext } from './context.ts';
import { ExclusiveWork } from './exclusive-work.ts';
import { ReadCount } from './read-count.ts';
import { RetryPause } from './retry-pause.ts';
import {
  type DatasetManifest,
  emptyDatasetManifest,
  filesOf,
  type Manifest,
  type StoredColumn,
  withDataset,
} from './run.ts';
import { ruleOf } from './source-sql.ts';
import type { StreamSchema } from './store.ts';
import { Tail } from './tail.ts';
import { WorkMeter } from './work-count.ts';

export const MANIFEST_TASKS = 'manifest/';

export function manifestTask(stream: string): string {
  return `${MANIFEST_TASKS}${stream}`;
}

/** The folder's name for a stream: no separator, nothing that a file system minds. */
export function streamFolderName(stream: string): string {
  return encodeURIComponent(stream).replaceAll('*', '%2A');
}

export class StreamStore {
  readonly stream: string;
  readonly context: StoreContext;
  readonly tail: Tail;
  readonly work = new WorkMeter();
  readonly reads = new ReadCount();
  /** Whatever changes the manifest. */
  readonly exclusive = new ExclusiveWork(() => this.#dropUnnamed());
  /** After a flush or merge that failed. */
  readonly pause: RetryPause;
  readonly #folder: string;
  #schema: StreamSchema;
  #manifest: Manifest;
  #waitingSinceMs: number | undefined;
  #appendedMs = 0;
  readonly #openedMs: number;
  readonly #heldBefore: boolean;
  #nextFile: number;
  #mergedWhile: 'no' | 'busy' | 'idle' = 'no';
  readonly #unnamed = new Set<string>();
  readonly #stateBlocks = new Map<string, number>();

  constructor(context: StoreContext, schema: StreamSchema, manifest: Manifest) {
    this.context = context;
    this.stream = schema.stream;
    this.pause = new RetryPause(context.clock, context.limits);
    this.#schema = schema;
    this.#manifest = manifest;
    this.#nextFile = manifest.nextFile;
    this.#openedMs = context.clock.nowMs();
    this.#folder = path.join(context.runsFolder, streamFolderName(schema.stream));
    this.tail = new Tail(context, {
      stream: schema.stream,
      datasetOf: (name) => this.datasetOrRaw(name),
      flushed: () => this.#manifest.flushed,
    });
    const { journal } = context;
    this.#heldBefore = journal.head(this.stream) > 0;
    const isFlushed = journal.head(this.stream) <= manifest.flushed;
    if (!isFlushed || journal.tail(this.stream) <= manifest.flushed) this.noteAppend();
  }

  get schema(): StreamSchema {
    return this.#schema;
  }

  set schema(schema: StreamSchema) {
    this.#schema = schema;
  }

  get manifest(): Manifest {
    return this.#manifest;
  }

  /** When the oldest record that waits for a flush came; undefined when none does. */
  get waitingSinceMs(): number | undefined {
    return this.#waitingSinceMs;
  }

  /** When a record came last, as far as this process knows. */
  get appendedMs(): number {
    return this.#appendedMs;
  }

  /** It holds what was there before this process, and the process is young. */
  get isJustStarted(): boolean {
    const { clock, limits } = this.context;
    return this.#heldBefore && clock.nowMs() - this.#openedMs < limits.startMs;
  }

  noteAppend(): void {
    this.#appendedMs = this.context.clock.nowMs();
    this.#waitingSinceMs ??= this.#appendedMs;
  }

  /** A read that a base written now would have saved time. */
  noteRead(dataset: string): void {
    if (this.reads.add(dataset) === this.context.limits.baseReads) this.#mergedWhile = 'no';
  }

  /** True when such reads were so many that all records should be in the base. */
  get isReadOften(): boolean {
    return Object.keys(this.#manifest.datasets).some(
      (name) => this.reads.of(name) >= this.context.limits.baseReads,
    );
  }

  /** True unless the last look at all runs, as idle as this one, found nothing to merge. */
  mayMerge(idle: boolean): boolean {
    return this.#mergedWhile === 'no' || (idle && this.#mergedWhile === 'busy');
  }

  noteMerged(idle: boolean): void {
    this.#mergedWhile = idle ? 'idle' : 'busy';
  }

  dataset(name: string): Dataset {
    const dataset = this.#schema.datasets.find((d) => d.name === name);
    if (dataset) return dataset;
    throw new WharfError(
      'DATASET_NOT_STORED',
      `The store does not know the dataset "${name}" of ${this.stream}.`,
      {
        hint: `It was opened with: ${this.#schema.datasets.map((d) => d.name).join(', ')}.`,
        place: { product: this.stream },
      },
    );
  }

  /** Records of a dataset that the schema no longer has are kept whole, as text. */
  datasetOrRaw(name: string): Dataset {
    const known = this.#schema.datasets.find((d) => d.name === name);
    return known ?? { name, key: 'none', fields: [], extra: 'ignore' };
  }

  /** What runs the dataset has. State runs that were made by another key or other reductions are not among them. */
  datasetManifest(name: string): DatasetManifest {
    const rule = ruleOf(this.datasetOrRaw(name));
    const found = this.#manifest.datasets[name] ?? emptyDatasetManifest(rule);
    return found.rule === rule ? found : { ...found, rule, state: [] };
  }

  pathOf(file: string): string {
    return path.join(this.#folder, file);
  }

  /** A name that no file of the stream has had. */
  newFile(kind: 'history' | 'state', dataset: string): string {
    const number = String(this.#nextFile++).padStart(8, '0');
    const file = `${encodeURIComponent(dataset)}-${kind}-${number}.parquet`;
    this.#unnamed.add(file);
    return file;
  }

  /** Files that work made and no manifest names. */
  #dropUnnamed(): void {
    const named = filesOf(this.#manifest);
    for (const file of this.#unnamed) if (!named.has(file)) this.context.pins.retire(this.pathOf(file));
    this.#unnamed.clear();
  }

  /** Makes the manifest durable, and everything that it no longer names goes. Only inside `exclusive`. */
  async commit(next: Manifest): Promise<void> {
    const { journal } = this.context;
    const value: Manifest = { ...next, nextFile: this.#nextFile };
    const isFlush = next.flushed > this.#manifest.flushed;
    crashPoint('store.before-manifest');
    await journal.commit({ cursors: [{ task: manifestTask(this.stream), value }] });
    crashPoint('store.after-manifest');
    this.#adopt(value);
    crashPoint('store.after-removal');
    if (isFlush) await this.letGo();
  }

  /** Has the journal drop the blocks that runs have replaced. Only inside `exclusive`. */
  async letGo(): Promise<void> {
    const { journal } = this.context;
    const { flushed } = this.#manifest;
    if (journal.tail(this.stream) <= flushed)
      await journal.commit({ trims: [{ stream: this.stream, through: flushed }] });
    if (journal.head(this.stream) <= flushed) this.#waitingSinceMs = undefined;
  }

  commitDataset(name: string, dataset: DatasetManifest): Promise<void> {
    return this.commit(withDataset(this.#manifest, name, dataset));
  }

  #adopt(next: Manifest): void {
    const kept = filesOf(next);
    const gone = [...filesOf(this.#manifest)].filter((file) => !kept.has(file));
    this.#manifest = next;
    this.#mergedWhile = 'no';
    for (const file of gone) {
      this.context.pins.retire(this.pathOf(file));
      this.context.checker.forget(this.pathOf(file));
    }
    this.tail.forgetFlushed();
  }

  /** A read found a state run damaged. False when nothing can take its place. */
  dropState(name: string, file: string): Promise<boolean> {
    return this.exclusive.run(async () => {
      const dataset = this.datasetManifest(name);
      if (dataset.floorState?.file === file) return false;
      const at = dataset.state.findIndex((run) => run.file === file);
      if (at >= 0) await this.forgetState(name, at);
      return true;
    });
  }

  /** Forgets the state run and those after it: `maintain` makes them again from history. Only inside `exclusive`. */
  async forgetState(name: string, at: number): Promise<void> {
    const dataset = this.datasetManifest(name);
    this.context.log.warn('A damaged state run is dropped and will be made again from history', {
      stream: this.stream,
      dataset: name,
      file: this.pathOf(dataset.state[at]?.file ?? ''),
    });
    await this.commitDataset(name, { ...dataset, state: dataset.state.slice(0, at) });
  }

  /** The state could not be computed; trying again at once would fail again. */
  blockState(name: string): void {
    this.#stateBlocks.set(name, this.context.clock.nowMs() + this.context.limits.stateRetryMs);
  }

  isStateBlocked(name: string): boolean {
    return this.context.clock.nowMs() < (this.#stateBlocks.get(name) ?? 0);
  }

  schemaOf(dataset: DatasetManifest, index: number): readonly StoredColumn[] {
    return present(dataset.schemas[index], 'a run names a set of columns that the manifest holds');
  }
}
