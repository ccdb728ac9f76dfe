/**
 * A step by look-ups: of a few records, where rows are found by whole keys, the rows that they touch, and those that these name, are put into the
 * statement themselves. No file is read or written, so that a step costs what it touches.
 *
 * What cannot be done so, for whatever reason, is done by the other ways: the answer is the same.
 */
import type { EngineResult } from '../../engine/engine.ts';
import { sqlProblemOf } from '../../engine/failure-error.ts';
import { columnsOf, keyFieldsOf } from '../../schema/field.ts';
import { rowJournalSql, rowJsonSql } from '../../schema/json-form.ts';
import { documentsSql } from '../../schema/load-sql.ts';
import { createRenderer, type Renderer } from '../../schema/renderer.ts';
import { sqlName, sqlType } from '../../schema/sql-type.ts';
import { keyName } from '../../store/row-key.ts';
import { type DeriveTable, derivedRowsSql } from '../../transform/derive-plan.ts';
import type { NearPlan } from '../../transform/plan/near-plan.ts';
import type { Derivation } from './derivation.ts';
import type { Positions } from './derive-cursor.ts';
import type { Rows } from './derived-difference.ts';
import { type LookedUp, NearLookUps } from './near-look-ups.ts';

/** Characters of the rows looked up, and of the query's answer: what is larger goes by files, in several commits where it must. */
const TEXT_MAX = 4 * 1024 * 1024;
/** One statement over rows that it holds itself. */
const DEADLINE_MS = 60_000;

export interface NearChange {
  /** Of the inputs. */
  readonly positions: Positions;
  readonly deletes: Rows;
  /** Not validated. */
  readonly upserts: Rows;
}

export class NearStep {
  readonly #derivation: Derivation;
  readonly #near: NearPlan;
  readonly #lookUps: NearLookUps;
  readonly #renderer: Renderer;

  constructor(derivation: Derivation, near: NearPlan) {
    this.#derivation = derivation;
    this.#near = near;
    this.#lookUps = new NearLookUps(derivation, near);
    this.#renderer = createRenderer(derivation.plan.dataset);
  }

  /** From the positions to those that are published now; undefined where it must be done in another way. */
  async take(from: Positions, signal: AbortSignal): Promise<NearChange | undefined> {
    const { services, product } = this.#derivation;
    // What consumers see of a gated product is not its head, and its rows by key are kept at one position only.
    if (services.published.isGated(product.id)) return undefined;
    const looked = await this.#lookUps.take(from);
    if (!looked || !isShort([...looked.rows.values()].flat())) return undefined;
    const answer = await this.#answer(looked, signal);
    if (!answer) return undefined;
    const deletes = await this.#gone(looked, answer, signal);
    return { positions: looked.positions, deletes, upserts: changed(looked, answer) };
  }

  /** The query's rows by the names of their keys, in the order of these; undefined where it fails, gives a key twice or much, which the other ways are for. */
  async #answer(
    { rows, state }: LookedUp,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, string> | undefined> {
    const { services, plan } = this.#derivation;
    const setup = plan.tables.map((table) => this.#tableSql(table, rows.get(table.name)));
    const select = this.#linesSql(rowJsonSql(columnsOf(plan.dataset)), derivedRowsSql(plan));
    const options = { deadlineMs: DEADLINE_MS, signal, small: true };
    const result = await services.engine.run([...setup, select], options).catch((thrown: unknown) => {
      if (sqlProblemOf(thrown)) return undefined;
      throw thrown;
    });
    if (!result) return undefined;
    const answer = new Map<string, string>();
    for (const row of linesIn(result)) {
      const name = keyName(this.#renderer.row(row).key);
      if (answer.has(name)) return undefined;
      if (state.has(name)) answer.set(name, row);
    }
    return isShort(answer.values()) ? answer : undefined;
  }

  /** Columns that the query does not read are null. */
  #tableSql({ name, dataset }: DeriveTable, found: readonly string[] | undefined): string {
    const read = this.#near.columns.get(name);
    const keys = new Set(keyFieldsOf(dataset).map((field) => field.name));
    const fields = columnsOf(dataset).filter(
      (field) => found && (read?.has(field.name) || keys.has(field.name)),
    );
    const columns = columnsOf(dataset).map((field) => {
      const column = sqlName(field.name);
      return fields.includes(field) ? column : `cast(null as ${sqlType(field)}) as ${column}`;
    });
    const from = fields.length === 0 ? '(select 1 where false)' : `(${documentsSql(fields, found ?? [])})`;
    return `create temp table ${sqlName(name)} as select ${columns.join(', ')} from ${from}`;
  }

  /** One text of a line for each row, in the order in which the other ways journal them, so that nobody can tell which way was taken. */
  #linesSql(line: string, from: string): string {
    const keys = keyFieldsOf(this.#derivation.plan.dataset).map((field) => sqlName(field.name));
    return `select string_agg(${line}, chr(10) order by ${keys.join(', ')}) from (${from})`;
  }

  /** The keys that the answer has no row of any more, in journal form. */
  async #gone({ state }: LookedUp, answer: ReadonlyMap<string, string>, signal: AbortSignal): Promise<Rows> {
    const { services, plan } = this.#derivation;
    const rows = [...state].flatMap(([name, row]) => (row === undefined || answer.has(name) ? [] : [row]));
    if (rows.length === 0) return linesOf([]);
    const fields = keyFieldsOf(plan.dataset);
    const select = this.#linesSql(rowJournalSql(fields), documentsSql(fields, rows));
    const result = await services.engine.run(select, { deadlineMs: DEADLINE_MS, signal, small: true });
    return linesOf(linesIn(result));
  }
}

/** The rows that are new or other than before, in the answer's order. */
function changed({ state }: LookedUp, answer: ReadonlyMap<string, string>): Rows {
  return linesOf([...answer].flatMap(([name, row]) => (state.get(name) === row ? [] : [row])));
}

function isShort(rows: Iterable<string>): boolean {
  let length = 0;
  for (const row of rows) length += row.length;
  return length <= TEXT_MAX;
}

/** None where the text is null. */
function linesIn({ rows: [row] }: EngineResult): readonly string[] {
  const text = row?.[0] ?? null;
  return text === null ? [] : String(text).split('\n');
}

function linesOf(documents: readonly string[]): Rows {
  const text = documents.map((document) => `${document}\n`).join('');
  return { bytes: Buffer.from(text), count: documents.length };
}
