/**
 * The rows of one dataset by key at one position, kept near so that a look-up costs microseconds.
 *
 * It is built from a snapshot when it is asked for often enough, and brought forward by what changed: the keys that
 * records after its position touch, with their rows at the new position. Both run in the reader engine and arrive here as a
 * file that is put in slice by slice, so nothing else has to wait for long. A few records that are in the journal still, and
 * whose newest is all that counts, need no engine.
 */
import { removeFile } from '../base/files.ts';
import { readLineChunks } from '../base/line-file.ts';
import { columnsOf, type Dataset, type Field, keyFieldsOf } from '../schema/field.ts';
import { keyJsonSql, rowJsonSql } from '../schema/json-form.ts';
import { isLastOnly, sameKeySql } from '../schema/reduce-sql.ts';
import { createRenderer, type Renderer } from '../schema/renderer.ts';
import { sqlText } from '../schema/sql-type.ts';
import { valueTexts } from '../schema/text-form.ts';
import { type JournaledRecord, journaledRecords } from './journal-records.ts';
import { openHistory } from './read-plan.ts';
import { RecentRows } from './recent-rows.ts';
import { keyName, type RowKey } from './row-key.ts';
import { openRelation, withRelation } from './snapshot.ts';
import { columnNames, historySql, keyNames, storedColumns } from './source-sql.ts';
import type { StreamStore } from './stream-store.ts';
import type { ViewChange, ViewStorage } from './view-storage.ts';

const CHUNK_BYTES = 256 * 1024;

interface MovedKeys {
  readonly after: number;
  readonly through: number;
  readonly keys: readonly RowKey[];
}

export class KeyView {
  readonly #store: StreamStore;
  readonly #dataset: Dataset;
  readonly #storage: ViewStorage;
  readonly #view: number;
  readonly #recent: RecentRows;
  readonly #renderer: Renderer;
  #position: number | undefined;
  /** Its rows are those of no position. */
  #isChanging = false;
  #job: Promise<void> | undefined;
  /** Of the last move that took records from the journal. */
  #moved: MovedKeys | undefined;

  constructor(store: StreamStore, dataset: Dataset, storage: ViewStorage) {
    this.#store = store;
    this.#dataset = dataset;
    this.#storage = storage;
    this.#view = storage.newView();
    this.#recent = new RecentRows(storage, this.#view, store.context.limits);
    this.#renderer = createRenderer(dataset);
  }

  /** Where the view stands; undefined until it is built. */
  get position(): number | undefined {
    return this.#position;
  }

  /** Builds the view, or brings it forward to the position; at most one job at a time. */
  async advance(position: number): Promise<void> {
    while (this.#position === undefined || this.#position < position) {
      this.#job ??= this.#move(position).finally(() => {
        this.#job = undefined;
      });
      await this.#job;
    }
  }

  /** Of no use from here on. */
  forget(): void {
    this.#isChanging = true;
    this.#recent.forget();
  }

  /** The keys of the records in (after, through], when these were what the view took last. */
  movedKeys(after: number, through: number): readonly RowKey[] | undefined {
    return this.#moved?.after === after && this.#moved.through === through ? this.#moved.keys : undefined;
  }

  /** The rows of the keys with these names, in their order, at exactly this position; `stale` when the view stands elsewhere. */
  readAll(position: number, names: readonly string[]): readonly (string | undefined)[] | 'stale' {
    if (this.#isChanging || this.#position !== position) return 'stale';
    return names.map((name) => this.#recent.read(name));
  }

  async #move(position: number): Promise<void> {
    const from = this.#position;
    const records = this.#recordsOf(from ?? 0, position);
    if (!records) return this.#moveByEngine(from, position);
    await this.#recent.room();
    const keys: RowKey[] = [];
    const changes = this.#changesOf(records, keys);
    this.#recent.put(changes);
    this.#position = position;
    this.#moved = { after: from ?? 0, through: position, keys };
  }

  async #moveByEngine(from: number | undefined, position: number): Promise<void> {
    const { temporaryFile } = this.#store.context;
    const file = temporaryFile('ndjson');
    try {
      if (from === undefined) await this.#exportAll(position, file);
      else await this.#exportChanges(from, position, file);
      await this.#recent.drain();
      this.#isChanging = true;
      await this.#putAll(changesIn(file, keyFieldsOf(this.#dataset)));
      this.#isChanging = false;
      this.#position = position;
    } finally {
      await removeFile(file);
    }
  }

  /** Undefined when the engine is needed. */
  #recordsOf(after: number, through: number): readonly JournaledRecord[] | undefined {
    const { journal, limits } = this.#store.context;
    if (!isLastOnly(this.#dataset) || keyFieldsOf(this.#dataset).length === 0) return undefined;
    const range = { stream: this.#store.stream, dataset: this.#dataset.name, after, through };
    return journaledRecords(journal, range, limits.keyViewAtHandRecords);
  }

  /** Adds the records' keys to `keys`. */
  #changesOf(records: readonly JournaledRecord[], keys: RowKey[]): readonly ViewChange[] {
    const fields = keyFieldsOf(this.#dataset);
    return records.map(({ document, isDelete }) => {
      const rendered = isDelete ? undefined : this.#renderer.row(document);
      // The parts of a key that the spec names are never null.
      const key = (rendered?.key ?? valueTexts(fields, document)) as RowKey;
      keys.push(key);
      return { name: keyName(key), row: rendered?.document };
    });
  }

  async #exportAll(position: number, file: string): Promise<void> {
    const dataset = this.#dataset;
    const relation = await openRelation(this.#store, dataset, position);
    await withRelation(relation, (sql) =>
      this.#export(
        `SELECT ${keyJsonSql(dataset)} AS k, ${rowJsonSql(columnsOf(dataset))} AS r FROM (${sql})`,
        file,
      ),
    );
  }

  /** Where the newest record is all that counts, the records themselves are the new rows: a later one overwrites. */
  async #exportChanges(from: number, position: number, file: string): Promise<void> {
    const dataset = this.#dataset;
    const opened = await openHistory(this.#store, dataset.name, { after: from, through: position });
    try {
      const history = historySql(storedColumns(dataset), opened.plan.history);
      if (isLastOnly(dataset)) {
        const row = `CASE WHEN _op = 1 THEN NULL ELSE ${rowJsonSql(columnsOf(dataset))} END`;
        await this.#export(`SELECT ${keyJsonSql(dataset)} AS k, ${row} AS r FROM (${history})`, file);
        return;
      }
      const relation = await openRelation(this.#store, dataset, position);
      await withRelation(relation, (sql) => this.#export(touchedRowsSql(dataset, history, sql), file));
    } finally {
      opened.release();
    }
  }

  async #export(select: string, file: string): Promise<void> {
    const { reader, limits } = this.#store.context;
    await reader.run(`COPY (${select}) TO ${sqlText(file)} (FORMAT json)`, {
      deadlineMs: limits.writeDeadlineMs,
    });
  }

  /** In slices, so that nothing else waits for long. */
  async #putAll(changes: AsyncIterable<ViewChange>): Promise<void> {
    const { keyViewSliceRows } = this.#store.context.limits;
    let slice: ViewChange[] = [];
    for await (const change of changes) {
      if (slice.length >= keyViewSliceRows) {
        await this.#storage.write(this.#view, slice);
        slice = [];
      }
      slice.push(change);
    }
    await this.#storage.write(this.#view, slice);
  }
}

/** What the engine wrote. */
async function* changesIn(file: string, fields: readonly Field[]): AsyncGenerator<ViewChange> {
  for await (const chunk of readLineChunks(file, CHUNK_BYTES)) {
    for (const line of linesOf(chunk.bytes)) {
      const { k, r } = JSON.parse(line) as { k: string; r?: string | null };
      yield { name: keyName(valueTexts(fields, k)), row: r ?? undefined };
    }
  }
}

function linesOf(bytes: Uint8Array): string[] {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  return text.split('\n').filter((line) => line.length > 0);
}

/** Every key that the records touch, with its row in the snapshot, or null when it has none. */
function touchedRowsSql(dataset: Dataset, history: string, snapshot: string): string {
  const touched = `SELECT DISTINCT ${keyNames(dataset)} FROM (${history})`;
  const rows = `SELECT ${columnNames(dataset)} FROM (${snapshot}) s`;
  const same = sameKeySql(dataset, 's', 't');
  const row = rowJsonSql(columnsOf(dataset));
  return (
    `SELECT ${keyJsonSql(dataset)} AS k, ${row} AS r FROM (${rows} SEMI JOIN (${touched}) t ON ${same}) UNION ALL ` +
    `SELECT ${keyJsonSql(dataset)} AS k, NULL AS r FROM (SELECT t.* FROM (${touched}) t ANTI JOIN (${snapshot}) s ON ${same})`
  );
}
