/** The rows that checks look at, as views of one statement; the files behind them stay until `release`. */
import { columnsOf, type Dataset, keyFieldsOf } from '../schema/field.ts';
import { isLastOnly, sameKeySql } from '../schema/reduce-sql.ts';
import { sqlName } from '../schema/sql-type.ts';
import type { Relation } from '../store/store.ts';
import type { CheckScope } from './check-scope.ts';
import type { CheckReference } from './planned-check.ts';

/**
 * `all`: the state. `changes`: the rows of it that changed since the look before. `batch`: those that changed since the last batch. All of
 * them when there was none.
 */
export type RowsWanted = 'all' | 'changes' | 'batch';

export class CheckTables {
  readonly #scope: CheckScope;
  readonly #opened = new Map<string, Promise<Relation>>();

  constructor(scope: CheckScope) {
    this.#scope = scope;
  }

  /** Statements that create the view `name` of the wanted rows. */
  async rows(dataset: Dataset, wanted: RowsWanted, name = '_rows'): Promise<string[]> {
    const since = this.#behind(wanted);
    const sql = since === undefined ? await this.#state(dataset) : await this.#changes(dataset, since);
    return [`create temp view ${name} as ${sql}`];
  }

  /** Statements that create the view `name` of rows among which all of the state are (see `Relation.superset`). */
  async superset(dataset: Dataset, name: string): Promise<string[]> {
    const { superset } = await this.#stateRelation(dataset);
    return [`create temp view ${name} as ${superset}`];
  }

  /** Statements that create the view `name` of a referenced dataset. */
  async reference(reference: CheckReference, name: string): Promise<string[]> {
    const { stream, dataset } = reference;
    const position = this.#scope.references.get(stream) ?? 0;
    const relation = await this.#open(`reference ${stream} ${dataset}`, () =>
      this.#scope.store.snapshot(stream, dataset, position),
    );
    return [`create temp view ${name} as ${relation.sql}`];
  }

  /** Statements that create the view `name` of the upserts in (after, through]. */
  async records(dataset: Dataset, after: number, through: number, name: string): Promise<string[]> {
    const sql = await this.#records(dataset, after, through);
    return [`create temp view ${name} as select * from (${sql}) where _op = 0`];
  }

  async release(): Promise<void> {
    for (const settled of await Promise.allSettled(this.#opened.values()))
      if (settled.status === 'fulfilled') settled.value.release();
  }

  #stateRelation(dataset: Dataset): Promise<Relation> {
    const { store, product, position } = this.#scope;
    return this.#open(`state ${dataset.name}`, () => store.snapshot(product.id, dataset.name, position));
  }

  async #state(dataset: Dataset): Promise<string> {
    return (await this.#stateRelation(dataset)).sql;
  }

  async #records(dataset: Dataset, after: number, through: number): Promise<string> {
    const { store, product } = this.#scope;
    const open = () => store.records(product.id, dataset.name, after, through);
    return (await this.#open(`records ${dataset.name} ${after} ${through}`, open)).sql;
  }

  #behind(wanted: RowsWanted): number | undefined {
    if (wanted === 'all') return undefined;
    return wanted === 'batch' ? this.#scope.batchSince : this.#scope.since;
  }

  /** As they are now. Where records combine, the new value of a row is only in the state. */
  async #changes(dataset: Dataset, since: number): Promise<string> {
    const records = await this.#records(dataset, since, this.#scope.position);
    const columns = columnsOf(dataset).map((field) => sqlName(field.name));
    if (dataset.key === 'none') return `select ${columns.join(', ')} from (${records})`;
    if (!isLastOnly(dataset)) {
      const state = await this.#state(dataset);
      return `select s.* from (${state}) s semi join (${records}) n on ${sameKeySql(dataset, 's', 'n')}`;
    }
    const key = keyFieldsOf(dataset).map((field) => sqlName(field.name));
    return `select ${columns.join(', ')} from (select * from (${records}) qualify row_number() over (partition by ${key.join(', ')} order by _position desc) = 1) where _op = 0`;
  }

  #open(name: string, open: () => Promise<Relation>): Promise<Relation> {
    const known = this.#opened.get(name);
    if (known) return known;
    const relation = open();
    this.#opened.set(name, relation);
    return relation;
  }
}
