/** Rows of one dataset by key: by the key view where it stands, by the engine elsewhere and until there is a view. */
import { messageOf } from '../base/errors.ts';
import { type Dataset, keyFieldsOf } from '../schema/field.ts';
import { isLastOnly } from '../schema/reduce-sql.ts';
import { valueTexts } from '../schema/text-form.ts';
import { isAtHand, journaledRecords } from './journal-records.ts';
import { KeyView } from './key-view.ts';
import { RowReader } from './read-row.ts';
import { keyName, type RowKey } from './row-key.ts';
import type { NearRows } from './store.ts';
import type { StreamStore } from './stream-store.ts';
import type { ViewStorage } from './view-storage.ts';

export class LookUps implements NearRows {
  readonly #store: StreamStore;
  readonly #dataset: Dataset;
  readonly #reader: RowReader;
  readonly #storage: () => ViewStorage;
  #view: KeyView | undefined;
  #count = 0;
  #steps = 0;

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
      if ((view.position ?? 0) < position) await this.#catchUp(view, position);
      const found = view.readAll(position, [keyName(key)]);
      if (found !== 'stale') return found[0];
    }
    return this.#reader.read(position, key);
  }

  areClose(position: number): boolean {
    const at = this.#view?.position;
    return (
      at !== undefined && at <= position && position - at <= this.#store.context.limits.keyViewAtHandRecords
    );
  }

  async advance(position: number): Promise<boolean> {
    const { journal, limits } = this.#store.context;
    if (this.#view?.position === undefined) {
      if (this.#view || position > limits.keyViewNearRecords) return false;
      this.#steps += 1;
      if (!this.#isAtHand(position)) {
        if (this.#steps > limits.keyViewAfterSteps) this.#build(position);
        return false;
      }
      this.#view = new KeyView(this.#store, this.#dataset, this.#storage());
    }
    const view = this.#view;
    const behind = position - (view.position ?? 0);
    if (behind < 0 || position > journal.head(this.#store.stream)) return false;
    const caughtUp = this.#catchUp(view, position);
    if (behind <= limits.keyViewAtHandRecords) await caughtUp;
    return view.position === position;
  }

  touched(after: number, through: number, max: number): readonly RowKey[] | undefined {
    const moved = this.#view?.movedKeys(after, through);
    if (moved) return moved.length <= max ? moved : undefined;
    const range = { stream: this.#store.stream, dataset: this.#dataset.name, after, through };
    const records = journaledRecords(this.#store.context.journal, range, max);
    const fields = keyFieldsOf(this.#dataset);
    // The parts of a key that the spec names are never null.
    return records?.map(({ document }) => valueTexts(fields, document) as RowKey);
  }

  readAll(position: number, names: readonly string[]): readonly (string | undefined)[] | undefined {
    const found = this.#view?.readAll(position, names) ?? 'stale';
    return found === 'stale' ? undefined : found;
  }

  /** The whole dataset at the position, so that its view is built at once. */
  #isAtHand(position: number): boolean {
    const { journal, limits } = this.#store.context;
    const range = { stream: this.#store.stream, after: 0, through: position };
    return isLastOnly(this.#dataset) && isAtHand(journal, range, limits.keyViewAtHandRecords);
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
    void this.#catchUp(view, head);
  }

  /** Never rejects: without the view, everything works, and takes longer. */
  #catchUp(view: KeyView, position: number): Promise<void> {
    return view.advance(position).catch((thrown: unknown) => {
      view.forget();
      if (this.#view !== view) return;
      this.#view = undefined;
      this.#count = 0;
      this.#steps = 0;
      this.#store.context.log.warn('A key view could not be built; look-ups go on without it', {
        stream: this.#store.stream,
        dataset: this.#dataset.name,
        reason: messageOf(thrown),
      });
    });
  }
}
