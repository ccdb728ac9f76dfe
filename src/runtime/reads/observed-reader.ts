/** A reader that tells an observer of everything that it gives. Ports get this one, so none of them can forget it. */
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
import { invalidToken } from '../access/invalid-token.ts';
import type { Reading, ReadObserver } from './reading.ts';

export interface Observed {
  readonly observer: ReadObserver;
  readonly port: string;
  readonly consumer: string;
  /** False once the consumer's token is not valid any more: then nothing more is given. */
  readonly isValid: () => boolean;
  /** What for, as the consumer says. */
  readonly purpose?: string | undefined;
}

export class ObservedReader implements ProductReader {
  readonly #reader: ProductReader;
  readonly #observed: Observed;

  constructor(reader: ProductReader, observed: Observed) {
    this.#reader = reader;
    this.#observed = observed;
  }

  get product(): ProductDescription {
    return this.#reader.product;
  }

  publishedPosition(): number {
    return this.#reader.publishedPosition();
  }

  async at(at: At): Promise<SnapshotReader> {
    return new ObservedSnapshot(await this.#reader.at(at), this.#observed);
  }

  async *follow(request: FollowRequest): AsyncGenerator<readonly StreamRecord[]> {
    const { observer, port, consumer, purpose, isValid } = this.#observed;
    const position = this.#reader.publishedPosition();
    const reading = { product: this.product.id, port, consumer, position, rows: 0, purpose };
    await observer.read(reading);
    for await (const records of this.#reader.follow(request)) {
      if (!isValid()) throw invalidToken();
      observer.more({ ...reading, position: records.at(-1)?.position ?? position }, records.length);
      yield records;
    }
  }
}

class ObservedSnapshot implements SnapshotReader {
  readonly #snapshot: SnapshotReader;
  readonly #observed: Observed;

  constructor(snapshot: SnapshotReader, observed: Observed) {
    this.#snapshot = snapshot;
    this.#observed = observed;
  }

  get product(): ProductDescription {
    return this.#snapshot.product;
  }

  get position(): number {
    return this.#snapshot.position;
  }

  async rows(dataset: string, query: RowsQuery): Promise<RowsPage> {
    const page = await this.#snapshot.rows(dataset, query);
    await this.#read(page.rows.length);
    return page;
  }

  async row(dataset: string, key: readonly string[]): Promise<string | undefined> {
    const row = await this.#snapshot.row(dataset, key);
    await this.#read(row === undefined ? 0 : 1);
    return row;
  }

  async file(request: FileRequest): Promise<SnapshotFile> {
    const file = await this.#snapshot.file(request);
    try {
      await this.#read(null);
    } catch (error) {
      file.release();
      throw error;
    }
    return file;
  }

  #read(rows: number | null): Promise<void> {
    const { observer, port, consumer, purpose } = this.#observed;
    const { position } = this;
    const reading: Reading = { product: this.product.id, port, consumer, position, rows, purpose };
    return observer.read(reading);
  }
}
