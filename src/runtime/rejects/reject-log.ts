/**
 * Reading and closing rejects. They are records of `system.rejects`, so what is written here is a new record under the
 * same id, committed together with whatever it is the outcome of.
 */
import { WharfError } from '../../base/errors.ts';
import { type RejectStage, type RejectStatus, rejectsProduct } from '../../catalog/system/rejects.ts';
import type { Engine } from '../../engine/engine.ts';
import type { Append, Journal } from '../../journal/journal.ts';
import { type Filter, ROWS_LIMIT_MAX, type RowsQuery } from '../../schema/rows-query.ts';
import { sqlText } from '../../schema/sql-type.ts';
import type { Store } from '../../store/store.ts';
import '../errors.ts';
import { type RejectRecord, rejectsAppend } from './reject-record.ts';

export interface RejectsPage {
  readonly rejects: readonly RejectRecord[];
  readonly total: number;
}

export interface RejectsFilter {
  readonly product: string;
  readonly status?: RejectStatus;
  readonly limit?: number;
}

export class RejectLog {
  readonly #journal: Journal;
  readonly #store: Store;
  readonly #engine: Engine;
  #counted: { head: number; open: Promise<ReadonlyMap<string, number>> } | undefined;

  constructor(journal: Journal, store: Store, engine: Engine) {
    this.#journal = journal;
    this.#store = store;
    this.#engine = engine;
  }

  /** Open rejects by product version. */
  openCounts(): Promise<ReadonlyMap<string, number>> {
    const head = this.#head;
    if (this.#counted?.head !== head) {
      const open = this.#count(head);
      this.#counted = { head, open };
      open.catch(() => {
        if (this.#counted?.open === open) this.#counted = undefined;
      });
    }
    return this.#counted.open;
  }

  async list(filter: RejectsFilter): Promise<RejectsPage> {
    const limit = Math.min(filter.limit ?? ROWS_LIMIT_MAX, ROWS_LIMIT_MAX);
    const page = await this.#rows({
      filter: this.#conditions(filter.product, filter.status),
      order: [],
      limit,
      count: true,
    });
    return { rejects: page.rows.map(parseReject), total: page.count ?? page.rows.length };
  }

  /** Throws REJECT_UNKNOWN. */
  async get(product: string, id: string): Promise<RejectRecord> {
    const row = await this.#store.row(rejectsProduct.id, rejectsProduct.datasets[0].name, this.#head, [id]);
    const reject = row === undefined ? undefined : parseReject(row);
    if (reject?.product === product) return reject;
    throw new WharfError('REJECT_UNKNOWN', `${product} has no reject "${id}".`, {
      hint: `List them with: wharf rejects ${product}`,
    });
  }

  /** Those of the rejects with these ids that are known, by id. */
  async find(ids: readonly string[]): Promise<ReadonlyMap<string, RejectRecord>> {
    const found = new Map<string, RejectRecord>();
    for (let at = 0; at < ids.length; at += ROWS_LIMIT_MAX) {
      const values = ids.slice(at, at + ROWS_LIMIT_MAX);
      const page = await this.#rows({
        filter: { op: 'in', field: 'id', values },
        order: [],
        limit: ROWS_LIMIT_MAX,
      });
      for (const reject of page.rows.map(parseReject)) found.set(reject.id, reject);
    }
    return found;
  }

  /** The record that closes a reject, to be committed with what its correction became. */
  closing(reject: RejectRecord, status: Exclude<RejectStatus, 'open'>, correction: string | null): Append {
    return rejectsAppend([{ ...reject, status, correction }]);
  }

  /** What people corrected of a transform's results, by the id of the reject: documents in JSON form. */
  async corrections(product: string, input: string): Promise<ReadonlyMap<string, string>> {
    const corrections = new Map<string, string>();
    for await (const reject of this.#all(product, input, 'record', 'replayed')) {
      if (reject.correction !== null) corrections.set(reject.id, reject.correction);
    }
    return corrections;
  }

  /** Open rejects of what a transform gave, or failed on. */
  async *openOfTransform(product: string, input: string): AsyncGenerator<RejectRecord> {
    yield* this.#all(product, input, 'map', 'open');
    yield* this.#all(product, input, 'record', 'open');
  }

  async *#all(
    product: string,
    input: string,
    stage: RejectStage,
    status: RejectStatus,
  ): AsyncGenerator<RejectRecord> {
    const conditions: Filter[] = [
      { op: 'eq', field: 'input', value: input },
      { op: 'eq', field: 'stage', value: stage },
    ];
    const query: RowsQuery = {
      filter: this.#conditions(product, status, conditions),
      order: [],
      limit: ROWS_LIMIT_MAX,
    };
    const position = this.#head;
    for (let after: RowsQuery['after']; ; ) {
      const page = await this.#rows(after ? { ...query, after } : query, position);
      yield* page.rows.map(parseReject);
      if (!page.next) return;
      after = page.next;
    }
  }

  get #head(): number {
    return this.#journal.head(rejectsProduct.id);
  }

  #rows(query: RowsQuery, position = this.#head) {
    return this.#store.rows(rejectsProduct.id, rejectsProduct.datasets[0].name, position, query);
  }

  #conditions(product: string, status: RejectStatus | undefined, more: readonly Filter[] = []): Filter {
    const terms: Filter[] = [{ op: 'eq', field: 'product', value: product }, ...more];
    if (status) terms.push({ op: 'eq', field: 'status', value: status });
    return { op: 'and', terms };
  }

  async #count(head: number): Promise<ReadonlyMap<string, number>> {
    if (head === 0) return new Map();
    const relation = await this.#store.snapshot(rejectsProduct.id, rejectsProduct.datasets[0].name, head);
    try {
      const sql = `select product, count(*) from (${relation.sql}) where status = ${sqlText('open')} group by product`;
      const { rows } = await this.#engine.run(sql);
      return new Map(rows.map(([product, count]) => [String(product), Number(count)]));
    } finally {
      relation.release();
    }
  }
}

function parseReject(row: string): RejectRecord {
  return JSON.parse(row) as RejectRecord;
}
