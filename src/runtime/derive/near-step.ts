/**
 * A step by look-ups: of a few records, where rows are found by whole keys, the rows that they touch, and those that these name, are put into the
 * statement themselves. No file is read or written, so that a step costs what it touches.
 *
 * What cannot be done so, for whatever reason, is done by the other ways: the answer is the same.
 */
import type { EngineResult } from '../../engine/engine.ts';
import { sqlProblemOf } from '../../engine/failure-error.ts';
import { keyFieldsOf } from '../../schema/field.ts';
import { documentLines } from '../../schema/load-sql.ts';
import { createRenderer, type Renderer } from '../../schema/renderer.ts';
import { keyName } from '../../store/row-key.ts';
import type { NearPlan } from '../../transform/plan/near-plan.ts';
import type { Derivation } from './derivation.ts';
import type { Positions } from './derive-cursor.ts';
import type { Rows } from './derived-difference.ts';
import { type Found, type LookedUp, NearLookUps } from './near-look-ups.ts';
import { type NearSql, nearSql } from './near-sql.ts';

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
  readonly #lookUps: NearLookUps;
  readonly #sql: NearSql;
  readonly #renderer: Renderer;

  constructor(derivation: Derivation, near: NearPlan) {
    this.#derivation = derivation;
    this.#lookUps = new NearLookUps(derivation, near);
    this.#sql = nearSql(derivation.plan, near);
    this.#renderer = createRenderer(derivation.plan.dataset);
  }

  /** From the positions to those that are published now; undefined where it must be done in another way. */
  async take(from: Positions, signal: AbortSignal): Promise<NearChange | undefined> {
    const { services, product } = this.#derivation;
    // What consumers see of a gated product is not its head, and its rows by key are kept at one position only.
    if (services.published.isGated(product.id)) return undefined;
    const looked = await this.#lookUps.take(from);
    if (!looked || !isShort([...looked.rows.values()].flat())) return undefined;
    const [rows, state] = await Promise.all([this.#answer(looked, signal), looked.state()]);
    const answer = rows && state && this.#byName(rows, state);
    if (!answer) return undefined;
    const deletes = await this.#gone(state, answer, signal);
    return { positions: looked.positions, deletes, upserts: changed(state, answer) };
  }

  /** The query's rows; undefined where it fails. */
  async #answer({ rows }: LookedUp, signal: AbortSignal): Promise<readonly string[] | undefined> {
    const { query, tables } = this.#sql;
    const params = tables.map(({ name, fields }) => documentLines(fields, rows.get(name) ?? []));
    return this.#run(query, params, signal).catch((thrown: unknown) => {
      if (sqlProblemOf(thrown)) return undefined;
      throw thrown;
    });
  }

  /** Those of touched keys; undefined where the answer gives a key twice or much, which the other ways are for. */
  #byName(rows: readonly string[], state: Found): ReadonlyMap<string, string> | undefined {
    const answer = new Map<string, string>();
    for (const row of rows) {
      const name = keyName(this.#renderer.row(row).key);
      if (answer.has(name)) return undefined;
      if (state.has(name)) answer.set(name, row);
    }
    return isShort(answer.values()) ? answer : undefined;
  }

  /** The keys that the answer has no row of any more, in journal form. */
  async #gone(state: Found, answer: ReadonlyMap<string, string>, signal: AbortSignal): Promise<Rows> {
    const rows = [...state].flatMap(([name, row]) => (row === undefined || answer.has(name) ? [] : [row]));
    if (rows.length === 0) return linesOf([]);
    const keys = documentLines(keyFieldsOf(this.#derivation.plan.dataset), rows);
    return linesOf(await this.#run(this.#sql.keys, [keys], signal));
  }

  async #run(sql: string, params: readonly string[], signal: AbortSignal): Promise<readonly string[]> {
    const options = { params, kept: true, small: true, deadlineMs: DEADLINE_MS, signal };
    return linesIn(await this.#derivation.services.engine.run(sql, options));
  }
}

/** The rows that are new or other than before, in the order in which the other ways journal them, so that nobody can tell which was taken. */
function changed(state: Found, answer: ReadonlyMap<string, string>): Rows {
  const rows = [...state].flatMap(([name, before]) => {
    const row = answer.get(name);
    return row === undefined || row === before ? [] : [row];
  });
  return linesOf(rows);
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
