/** The reader that ports get: one product version, with its positions, snapshots and records. */
import { WharfError } from '../../base/errors.ts';
import type { Journal } from '../../journal/journal.ts';
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
import type { Dataset } from '../../schema/field.ts';
import type { RowsPage, RowsQuery } from '../../schema/rows-query.ts';
import type { Store } from '../../store/store.ts';
import '../errors.ts';
import type { Published } from '../published.ts';
import { follow } from './follow.ts';
import { parseAt } from './parse-at.ts';
import { ShownBlocks } from './shown-blocks.ts';
import type { SnapshotFiles } from './snapshot-files.ts';

export interface ReaderServices {
  readonly journal: Journal;
  readonly published: Published;
  readonly store: Store;
  readonly files: SnapshotFiles;
}

export class JournaledProductReader implements ProductReader {
  readonly product: ProductDescription;
  readonly #services: ReaderServices;
  readonly #blocks: ShownBlocks;

  constructor(product: ProductDescription, services: ReaderServices) {
    this.product = product;
    this.#services = services;
    // Each request has a reader of its own.
    this.#blocks = ShownBlocks.of(product);
  }

  publishedPosition(): number {
    return this.#services.published.position(this.product.id);
  }

  async at(at: At): Promise<SnapshotReader> {
    const published = this.publishedPosition();
    const position = at === undefined ? published : await this.#resolve(at, published);
    return new JournaledSnapshotReader(this.product, position, this.#services);
  }

  follow(request: FollowRequest): AsyncIterable<readonly StreamRecord[]> {
    return follow(this.product, request, { ...this.#services, blocks: this.#blocks });
  }

  async #resolve(at: string, published: number): Promise<number> {
    const point = parseAt(at);
    if (point.kind === 'time') {
      const position = await this.#services.store.positionAt(this.product.id, point.timeUs);
      return this.#services.published.settled(this.product.id, position);
    }
    if (point.position <= published) return this.#services.published.settled(this.product.id, point.position);
    throw new WharfError(
      'AT_FUTURE',
      `Position ${point.position} of ${this.product.id} has not been published; the last one is ${published}.`,
      {
        hint: 'Leave "at" out to read what is published now.',
      },
    );
  }
}

class JournaledSnapshotReader implements SnapshotReader {
  readonly product: ProductDescription;
  readonly position: number;
  readonly sight = '';
  readonly #services: ReaderServices;

  constructor(product: ProductDescription, position: number, services: ReaderServices) {
    this.product = product;
    this.position = position;
    this.#services = services;
  }

  async rows(dataset: string, query: RowsQuery): Promise<RowsPage> {
    return this.#services.store.rows(this.product.id, this.#dataset(dataset).name, this.position, query);
  }

  async row(dataset: string, key: readonly string[]): Promise<string | undefined> {
    return this.#services.store.row(this.product.id, this.#dataset(dataset).name, this.position, key);
  }

  async file(request: FileRequest): Promise<SnapshotFile> {
    this.#dataset(request.dataset);
    return this.#services.files.open({ ...request, stream: this.product.id, position: this.position });
  }

  #dataset(name: string): Dataset {
    return datasetOf(this.product, name);
  }
}

/** Throws DATASET_UNKNOWN. */
export function datasetOf(product: ProductDescription, name: string): Dataset {
  const dataset = product.datasets.find((d) => d.name === name);
  if (dataset) return dataset;
  throw new WharfError('DATASET_UNKNOWN', `${product.id} has no dataset "${name}".`, {
    hint: `It has: ${product.datasets.map((d) => d.name).join(', ')}.`,
  });
}
