/** Look-ups of single rows by the engine: those that wait at the same time for the same position share one query. */
import { columnsOf, type Dataset, keyFieldsOf } from '../schema/field.ts';
import { keyJsonSql, rowJsonSql } from '../schema/json-form.ts';
import type { Lens } from '../schema/lens.ts';
import { valueTexts } from '../schema/text-form.ts';
import { keyName, keysSql, type RowKey } from './row-key.ts';
import { openRelation, seenThrough, withRelation } from './snapshot.ts';
import type { StreamStore } from './stream-store.ts';

interface Waiting {
  readonly key: RowKey;
  readonly resolve: (row: string | undefined) => void;
  readonly reject: (reason: unknown) => void;
}

export class RowReader {
  readonly #store: StreamStore;
  readonly #dataset: Dataset;
  /** By position; each list is taken when the query before it is done. */
  readonly #waiting = new Map<number, Waiting[]>();

  constructor(store: StreamStore, dataset: Dataset) {
    this.#store = store;
    this.#dataset = dataset;
  }

  read(position: number, key: RowKey): Promise<string | undefined> {
    return new Promise((resolve, reject) => {
      const waiting = this.#waiting.get(position);
      if (waiting) {
        waiting.push({ key, resolve, reject });
        return;
      }
      this.#waiting.set(position, [{ key, resolve, reject }]);
      setImmediate(() => void this.#drain(position));
    });
  }

  async #drain(position: number): Promise<void> {
    const { lookupBatchMax } = this.#store.context.limits;
    for (;;) {
      const batch = this.#waiting.get(position)?.splice(0, lookupBatchMax) ?? [];
      if (batch.length === 0) break;
      await this.#answer(position, batch);
    }
    this.#waiting.delete(position);
  }

  async #answer(position: number, batch: readonly Waiting[]): Promise<void> {
    try {
      const rows = await this.#query(
        position,
        batch.map((waiting) => waiting.key),
      );
      for (const waiting of batch) waiting.resolve(rows.get(keyName(waiting.key)));
    } catch (thrown) {
      for (const waiting of batch) waiting.reject(thrown);
    }
  }

  async #query(position: number, keys: readonly RowKey[]): Promise<ReadonlyMap<string, string>> {
    const { reader, limits } = this.#store.context;
    const dataset = this.#dataset;
    const relation = await openRelation(this.#store, dataset, position, { keys: keysSql(dataset, keys) });
    return withRelation(relation, async (sql) => {
      const select = `SELECT ${keyJsonSql(dataset)}, ${rowJsonSql(columnsOf(dataset))} FROM (${sql})`;
      const result = await reader.run(select, { deadlineMs: limits.readDeadlineMs });
      const fields = keyFieldsOf(dataset);
      return new Map(result.rows.map((row) => [keyName(valueTexts(fields, String(row[0]))), String(row[1])]));
    });
  }
}

/** One row through a lens, found by its key as it is seen. */
export async function readSeenRow(
  store: StreamStore,
  dataset: Dataset,
  wanted: { readonly position: number; readonly key: RowKey; readonly lens: Lens },
): Promise<string | undefined> {
  const { reader, limits } = store.context;
  const whole = await openRelation(store, dataset, wanted.position);
  return withRelation(seenThrough(dataset, whole, wanted.lens), async (sql) => {
    const select = `SELECT ${rowJsonSql(columnsOf(dataset))} FROM (${sql}) WHERE ${keysSql(dataset, [wanted.key])} LIMIT 1`;
    const { rows } = await reader.run(select, { deadlineMs: limits.readDeadlineMs });
    const [row] = rows;
    return row && String(row[0]);
  });
}
