/** The store: finds the stream, and leaves the rest to the files that each do one thing. */
import { WharfError } from '../base/errors.ts';
import type { StreamId } from '../journal/journal.ts';
import { type Dataset, keyFieldsOf } from '../schema/field.ts';
import type { Lens } from '../schema/lens.ts';
import type { RowsPage, RowsQuery } from '../schema/rows-query.ts';
import type { StoreContext } from './context.ts';
import { writeDifference } from './difference.ts';
import { flushOnce } from './flush.ts';
import { LookUps } from './look-ups.ts';
import { maintainStream, mergeRuns, needsCare } from './maintain-stream.ts';
import { positionAt } from './position-at.ts';
import { readHistory } from './read-history.ts';
import { readSeenRow } from './read-row.ts';
import { readRows } from './read-rows.ts';
import { rowKeyOf } from './row-key.ts';
import { EMPTY_MANIFEST, type Manifest } from './run.ts';
import { seeRecords } from './see-records.ts';
import { openRecords, openRelation } from './snapshot.ts';
import type {
  DatasetStats,
  HistoryRecord,
  NearRows,
  Relation,
  SeenRecord,
  Store,
  StreamSchema,
  VerifyReport,
} from './store.ts';
import { StreamStore } from './stream-store.ts';
import { verifyDataset } from './verify.ts';
import { ViewStorage } from './view-storage.ts';
import type { WorkCount } from './work-count.ts';
import { writeSnapshotFile } from './write-file.ts';

export class RunStore implements Store {
  readonly #context: StoreContext;
  readonly #manifests: ReadonlyMap<string, Manifest>;
  readonly #streams = new Map<string, StreamStore>();
  readonly #lookUps = new Map<string, { readonly dataset: Dataset; readonly lookUps: LookUps }>();
  readonly #stops: (() => void)[] = [];
  readonly #viewsFolder: string;
  #views: ViewStorage | undefined;
  #maintaining: Promise<void> | undefined;
  #closed = false;

  constructor(context: StoreContext, manifests: ReadonlyMap<string, Manifest>, viewsFolder: string) {
    this.#context = context;
    this.#manifests = manifests;
    this.#viewsFolder = viewsFolder;
  }

  open(schema: StreamSchema): void {
    const known = this.#streams.get(schema.stream);
    if (known) {
      known.schema = schema;
      return;
    }
    const manifest = this.#manifests.get(schema.stream) ?? EMPTY_MANIFEST;
    const store = new StreamStore(this.#context, schema, manifest);
    this.#streams.set(schema.stream, store);
    this.#stops.push(this.#context.journal.onAppend(schema.stream, () => store.noteAppend()));
  }

  async snapshot(stream: StreamId, dataset: string, position: number): Promise<Relation> {
    const store = this.#stream(stream);
    return openRelation(store, store.dataset(dataset), position);
  }

  async records(stream: StreamId, name: string, after: number, through: number): Promise<Relation> {
    const store = this.#stream(stream);
    return openRecords(store, store.dataset(name), after, through);
  }

  async seen(
    stream: StreamId,
    name: string,
    range: { readonly after: number; readonly through: number },
    lens: Lens,
  ): Promise<readonly SeenRecord[]> {
    const store = this.#stream(stream);
    return seeRecords(store, store.dataset(name), range, lens);
  }

  async positionAt(stream: StreamId, timeUs: number): Promise<number> {
    return positionAt(this.#stream(stream), timeUs);
  }

  oldest(stream: StreamId): number {
    const floors = Object.values(this.#stream(stream).manifest.datasets).map((dataset) => dataset.floor);
    return Math.max(0, ...floors);
  }

  async rows(
    stream: StreamId,
    dataset: string,
    position: number,
    query: RowsQuery,
    lens?: Lens,
  ): Promise<RowsPage> {
    const store = this.#stream(stream);
    return readRows(store, store.dataset(dataset), position, query, lens);
  }

  async row(
    stream: StreamId,
    name: string,
    position: number,
    key: readonly string[],
    lens?: Lens,
  ): Promise<string | undefined> {
    const store = this.#stream(stream);
    const dataset = store.dataset(name);
    const rowKey = rowKeyOf(dataset, key);
    if (rowKey && lens) return readSeenRow(store, dataset, { position, key: rowKey, lens });
    return rowKey && this.#lookUpsOf(store, dataset).read(position, rowKey);
  }

  near(stream: StreamId, dataset: string): NearRows {
    const store = this.#stream(stream);
    return this.#lookUpsOf(store, store.dataset(dataset));
  }

  async writeFile(options: Parameters<Store['writeFile']>[0]): Promise<void> {
    const store = this.#stream(options.stream);
    await writeSnapshotFile(store, store.dataset(options.dataset), options);
  }

  async history(
    stream: StreamId,
    from: number,
    to: number,
    limit: number,
  ): Promise<readonly (HistoryRecord & { dataset: string })[]> {
    return readHistory(this.#stream(stream), from, to, limit);
  }

  async difference(
    options: Parameters<Store['difference']>[0],
  ): Promise<{ readonly upserts: number; readonly deletes: number }> {
    const store = this.#stream(options.stream);
    return writeDifference(store, store.dataset(options.dataset), options);
  }

  async flush(stream: StreamId): Promise<void> {
    const store = this.#stream(stream);
    const head = this.#context.journal.head(stream);
    while (store.manifest.flushed < head) await flushOnce(store);
    await mergeRuns(store);
  }

  async verify(stream: StreamId, dataset: string): Promise<VerifyReport> {
    const store = this.#stream(stream);
    return verifyDataset(store, store.dataset(dataset));
  }

  stats(stream: StreamId): readonly DatasetStats[] {
    const store = this.#stream(stream);
    return store.schema.datasets.map((dataset) => {
      const { history, state, floorState } = store.datasetManifest(dataset.name);
      const files = new Map(
        [...history, ...state, ...(floorState ? [floorState] : [])].map((run) => [run.file, run.bytes]),
      );
      return {
        dataset: dataset.name,
        stateRuns: state.length,
        historyRuns: history.length,
        bytes: [...files.values()].reduce((sum, bytes) => sum + bytes, 0),
        records: history.reduce((sum, run) => sum + run.rows, 0),
      };
    });
  }

  work(stream: StreamId): WorkCount {
    return this.#stream(stream).work.count;
  }

  maintain(): Promise<void> {
    this.#maintaining ??= this.#maintain().finally(() => {
      this.#maintaining = undefined;
    });
    return this.#maintaining;
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const stop of this.#stops.splice(0)) stop();
    await this.#maintaining;
    for (const store of this.#streams.values()) {
      await store.exclusive.run(async () => undefined);
      await store.tail.settled();
    }
    await this.#context.pins.settled();
    await this.#views?.close();
  }

  /** A few streams at a time; streams that need nothing cost a glance. */
  async #maintain(): Promise<void> {
    const waiting = [...this.#streams.values()].filter(needsCare);
    const work = async () => {
      for (let store = waiting.pop(); store && !this.#closed; store = waiting.pop())
        await maintainStream(store);
    };
    await Promise.all(Array.from({ length: this.#context.limits.maintainStreams }, work));
  }

  #stream(stream: StreamId): StreamStore {
    if (this.#closed) {
      throw new WharfError(
        'STORE_CLOSED',
        `The store is closed; "${stream}" cannot be read or flushed any more.`,
      );
    }
    const store = this.#streams.get(stream);
    if (store) return store;
    throw new WharfError('DATASET_NOT_STORED', `The store was asked for "${stream}" before it was opened.`, {
      place: { product: stream },
    });
  }

  /** A changed dataset gets look-ups of its own, and with them a new view. */
  #lookUpsOf(store: StreamStore, dataset: Dataset): LookUps {
    const name = `${store.stream} ${dataset.name}`;
    const known = this.#lookUps.get(name);
    if (known?.dataset === dataset && keyFieldsOf(dataset).length > 0) return known.lookUps;
    const lookUps = new LookUps(store, dataset, () => {
      this.#views ??= new ViewStorage(this.#viewsFolder);
      return this.#views;
    });
    this.#lookUps.set(name, { dataset, lookUps });
    return lookUps;
  }
}
