/** Single rows of one dataset: by the key view at the head, by the engine elsewhere and until there is a view. */
import { messageOf } from '../base/errors.ts';
import type { Dataset } from '../schema/field.ts';
import { KeyView } from './key-view.ts';
import { RowReader } from './read-row.ts';
import type { RowKey } from './row-key.ts';
import type { StreamStore } from './stream-store.ts';
import type { ViewStorage } from './view-storage.ts';

export class LookUps {
  readonly #store: StreamStore;
  readonly #dataset: Dataset;
  readonly #reader: RowReader;
  readonly #storage: () => ViewStorage;
  #view: KeyView | undefined;
  #count = 0;

  constructor(store: StreamStore, dataset: Dataset, storage: () => ViewStorage) {
    this.#store = store;
    this.#dataset = dataset;
    this.#storage = storage;
    this.#reader = new RowReader(store, dataset);
  }

  /** The row as JSON, or undefined. Throws POSITION_UNKNOWN, POSITION_GONE, RUN_DAMAGED. */
  async read(position: number, key: RowKey): Promise<string | undefined> {
    const view = this.#viewFor(position);
    if (view) {
      if ((view.position ?? 0) < position) await view.advance(position);
      const found = view.read(position, key);
      if (found !== 'stale') return found.row;
    }
    return this.#reader.read(position, key);
  }

  /** A view that can stand at the position; it is built in the background, while the engine answers. */
  #viewFor(position: number): KeyView | undefined {
    const { journal, limits } = this.#store.context;
    const head = journal.head(this.#store.stream);
    if (this.#view?.position !== undefined) {
      return position >= this.#view.position && position <= head ? this.#view : undefined;
    }
    this.#count += 1;
    if (!this.#view && position === head && this.#count > limits.keyViewAfterLookups) this.#build(head);
    return undefined;
  }

  #build(head: number): void {
    const view = new KeyView(this.#store, this.#dataset, this.#storage());
    this.#view = view;
    view.advance(head).catch((thrown: unknown) => {
      this.#view = undefined;
      this.#count = 0;
      this.#store.context.log.warn('A key view could not be built; look-ups go on without it', {
        stream: this.#store.stream,
        dataset: this.#dataset.name,
        reason: messageOf(thrown),
      });
    });
  }
}
