/** A product as one principal sees it: a reader in which the decision is applied, so that no port can forget it. */
import type {
  At,
  FileRequest,
  FollowRequest,
  ProductDescription,
  ProductReader,
  SnapshotFile,
  SnapshotReader,
  StreamRecord,
} from '../../kit/reader.ts';
import type { RowsPage, RowsQuery } from '../../schema/rows-query.ts';
import type { View } from '../access/access-control.ts';
import { datasetOf, type ReaderServices } from './product-reader.ts';

/** Records that are seen together; a stream holds no more than these. */
const SEEN_RECORDS_MAX = 1_000;

export class SeenReader implements ProductReader {
  readonly #reader: ProductReader;
  readonly #services: ReaderServices;
  readonly #view: View;

  constructor(reader: ProductReader, services: ReaderServices, view: View) {
    this.#reader = reader;
    this.#services = services;
    this.#view = view;
  }

  get product(): ProductDescription {
    return this.#reader.product;
  }

  publishedPosition(): number {
    return this.#reader.publishedPosition();
  }

  async at(at: At): Promise<SnapshotReader> {
    return new SeenSnapshot(await this.#reader.at(at), this.#services, this.#view);
  }

  async *follow(request: FollowRequest): AsyncGenerator<readonly StreamRecord[]> {
    for await (const records of this.#reader.follow(request)) {
      for (let i = 0; i < records.length; i += SEEN_RECORDS_MAX) {
        const seen = await this.#seen(records.slice(i, i + SEEN_RECORDS_MAX));
        if (seen.length > 0) yield seen;
      }
    }
  }

  async #seen(records: readonly StreamRecord[]): Promise<readonly StreamRecord[]> {
    const seen: StreamRecord[] = [];
    for (const run of runsOf(records)) {
      const [first, last] = [run[0], run.at(-1)];
      if (!first || !last) continue;
      const lens = this.#view.lensOf(first.dataset);
      if (!lens) {
        seen.push(...run);
        continue;
      }
      const range = { after: first.position - 1, through: last.position };
      const times = new Map(run.map((record) => [record.position, record.timeUs]));
      for (const record of await this.#services.store.seen(this.product.id, first.dataset, range, lens))
        seen.push({ ...record, dataset: first.dataset, timeUs: times.get(record.position) ?? first.timeUs });
    }
    return seen;
  }
}

/** Neighbours of one dataset. */
function runsOf(records: readonly StreamRecord[]): StreamRecord[][] {
  const runs: StreamRecord[][] = [];
  for (const record of records) {
    const run = runs.at(-1);
    if (run?.[0]?.dataset === record.dataset) run.push(record);
    else runs.push([record]);
  }
  return runs;
}

class SeenSnapshot implements SnapshotReader {
  readonly #snapshot: SnapshotReader;
  readonly #services: ReaderServices;
  readonly #view: View;

  constructor(snapshot: SnapshotReader, services: ReaderServices, view: View) {
    this.#snapshot = snapshot;
    this.#services = services;
    this.#view = view;
  }

  get product(): ProductDescription {
    return this.#snapshot.product;
  }

  get position(): number {
    return this.#snapshot.position;
  }

  get sight(): string {
    return this.#view.sight;
  }

  async rows(dataset: string, query: RowsQuery): Promise<RowsPage> {
    const { name } = datasetOf(this.product, dataset);
    return this.#services.store.rows(this.product.id, name, this.position, query, this.#view.lensOf(name));
  }

  async row(dataset: string, key: readonly string[]): Promise<string | undefined> {
    const { name } = datasetOf(this.product, dataset);
    return this.#services.store.row(this.product.id, name, this.position, key, this.#view.lensOf(name));
  }

  async file(request: FileRequest): Promise<SnapshotFile> {
    const { name } = datasetOf(this.product, request.dataset);
    const lens = this.#view.lensOf(name);
    return this.#services.files.open({ ...request, lens, stream: this.product.id, position: this.position });
  }
}
