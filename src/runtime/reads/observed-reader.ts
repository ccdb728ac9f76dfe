/**
 * A reader that tells an observer of everything that it gives, and gives nothing more once the consumer may not see it any more. Ports get this
 * one, so none of them can forget either.
 */
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
import type { AccessWatch, Watched } from '../access/access-watch.ts';
import type { Reading, ReadObserver } from './reading.ts';

export interface Observed {
  readonly observer: ReadObserver;
  readonly port: string;
  readonly consumer: string;
  /** Throws once nothing more may be given; undefined where nothing can end it. */
  readonly check: (() => void) | undefined;
  readonly watch: AccessWatch;
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
    const { observer, port, consumer, purpose, check } = this.#observed;
    const position = this.#reader.publishedPosition();
    const reading = { product: this.product.id, port, consumer, position, rows: 0, purpose };
    await observer.read(reading);
    const watched = watchedOf(this.#observed);
    const signal = watched ? AbortSignal.any([request.signal, watched.signal]) : request.signal;
    try {
      for await (const records of this.#reader.follow({ ...request, signal })) {
        check?.();
        observer.more({ ...reading, position: records.at(-1)?.position ?? position }, records.length);
        yield records;
      }
      watched?.signal.throwIfAborted();
    } finally {
      watched?.stop();
    }
  }
}

function watchedOf({ check, watch }: Observed): Watched | undefined {
  return check && watch.watch(check);
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

  get sight(): string {
    return this.#snapshot.sight;
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
    const watched = watchedOf(this.#observed);
    if (!watched) return file;
    const release = () => {
      watched.stop();
      file.release();
    };
    return { ...file, ended: watched.signal, release };
  }

  /** Also what was begun when it might be given is not given any more. */
  async #read(rows: number | null): Promise<void> {
    const { observer, port, consumer, purpose, check } = this.#observed;
    check?.();
    const { position } = this;
    const reading: Reading = { product: this.product.id, port, consumer, position, rows, purpose };
    await observer.read(reading);
  }
}
