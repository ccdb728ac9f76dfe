/**
 * A step by look-ups: of a few records, where rows are found by whole keys (`transform/plan/near-plan.ts`), the rows that they touch, and those
 * that these name, are put into the statement themselves. No file is read or written, so that a step costs what it touches.
 *
 * What cannot be done so, for whatever reason, is done by the other ways: the answer is the same.
 */
import { present } from '../../base/assert.ts';
import { sqlProblemOf } from '../../engine/failure-error.ts';
import { columnsOf, keyFieldsOf } from '../../schema/field.ts';
import { keyJsonSql, rowJournalSql, rowJsonSql } from '../../schema/json-form.ts';
import { documentsSql } from '../../schema/load-sql.ts';
import { sqlName, sqlType } from '../../schema/sql-type.ts';
import { valueTexts } from '../../schema/text-form.ts';
import type { NearRows } from '../../store/store.ts';
import { type DeriveTable, derivedRowsSql } from '../../transform/derive-plan.ts';
import type { NearPlace, NearPlan } from '../../transform/plan/near-plan.ts';
import type { Derivation } from './derivation.ts';
import type { Positions } from './derive-cursor.ts';
import type { Rows } from './derived-difference.ts';
import { publishedPositions } from './open-inputs.ts';

/** Records of all inputs that one step takes, and rows that it looks up. */
const RECORDS_MAX = 5_000;
const ROWS_MAX = 20_000;
/** Characters of these rows, and of the query's answer: what is larger goes by files, in several commits where it must. */
const TEXT_MAX = 4 * 1024 * 1024;
/** Inputs that move on while their rows are brought near are asked for again so many times. */
const ATTEMPTS_MAX = 3;
/** One statement over rows that it holds itself. */
const DEADLINE_MS = 60_000;

export interface NearChange {
  /** Of the inputs. */
  readonly positions: Positions;
  readonly deletes: Rows;
  /** Not validated. */
  readonly upserts: Rows;
}

type Key = readonly string[];
/** Rows by the names of their keys; null for what is not there. */
type Found = Map<string, string | null>;

export class NearStep {
  readonly #derivation: Derivation;
  readonly #near: NearPlan;

  constructor(derivation: Derivation, near: NearPlan) {
    this.#derivation = derivation;
    this.#near = near;
  }

  /** From the positions to those that are published now; undefined where it must be done in another way. */
  async take(from: Positions, signal: AbortSignal): Promise<NearChange | undefined> {
    const { services, product } = this.#derivation;
    // What consumers see of a gated product is not its head, and its rows by key are kept at one position only.
    if (services.published.isGated(product.id)) return undefined;
    const looked = await this.#lookUp(from);
    if (!looked) return undefined;
    const answer = await this.#answer(looked.rows, looked.touched, signal);
    if (!answer) return undefined;
    const deletes = await this.#gone(looked, answer, signal);
    return { positions: looked.positions, deletes, upserts: changed(looked, answer) };
  }

  /** All rows that the step needs, read in one turn: nothing moves in between. */
  async #lookUp(from: Positions): Promise<LookedUp | undefined> {
    const { services, plan, product } = this.#derivation;
    const head = services.journal.head(product.id);
    for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
      const positions = publishedPositions(services, plan);
      if (!this.#isSmall(from, positions)) return undefined;
      const at = new Map(this.#tables().map((table) => [table, positions[table.stream] ?? 0]));
      const came = [...at].map(([table, position]) => this.#rowsOf(table).advance(position));
      const own = services.store.near(product.id, plan.dataset.name);
      const areNear = await Promise.all([...came, own.advance(head)]);
      const looked = areNear.every(Boolean) ? this.#readAll({ from, at, head, own }) : undefined;
      if (looked) return { ...looked, positions };
      // What lies at a later position than it was asked for has moved since.
      if (!this.#hasMoved(positions)) return undefined;
    }
    return undefined;
  }

  #hasMoved(positions: Positions): boolean {
    const { services, plan } = this.#derivation;
    const now = publishedPositions(services, plan);
    return Object.entries(now).some(([stream, position]) => positions[stream] !== position);
  }

  #isSmall(from: Positions, to: Positions): boolean {
    const moves = this.#derivation.plan.tables.map(({ stream }) => (to[stream] ?? 0) - (from[stream] ?? 0));
    return moves.every((move) => move >= 0) && moves.reduce((sum, move) => sum + move, 0) <= RECORDS_MAX;
  }

  /** Those that the query reads. */
  #tables(): readonly DeriveTable[] {
    const read = new Set(this.#near.places.map(({ table }) => table));
    return this.#derivation.plan.tables.filter(({ name }) => read.has(name));
  }

  #tableOf(name: string): DeriveTable {
    return present(
      this.#derivation.plan.tables.find((table) => table.name === name),
      'a place is of a table of the plan',
    );
  }

  #rowsOf({ stream, dataset }: DeriveTable): NearRows {
    return this.#derivation.services.store.near(stream, dataset.name);
  }

  #readAll(asked: {
    readonly from: Positions;
    readonly at: ReadonlyMap<DeriveTable, number>;
    readonly head: number;
    readonly own: NearRows;
  }): Omit<LookedUp, 'positions'> | undefined {
    const touched = this.#touched(asked.from, asked.at);
    if (!touched) return undefined;
    const keys = [...touched.values()];
    const state = asked.own.readAll(asked.head, keys);
    const rows = new Map<string, Found>();
    for (const place of this.#near.places) {
      const found = this.#rowsAt(place, keys, asked.at);
      if (!found || !state) return undefined;
      rows.set(place.table, new Map([...(rows.get(place.table) ?? []), ...found]));
    }
    const all = [...rows.values()].flatMap((found) => [...found.values()]);
    return state && all.length <= ROWS_MAX && isShort(all) ? { touched, state, rows } : undefined;
  }

  /** The keys of the output, by name; undefined where not all are known from the records alone. */
  #touched(from: Positions, at: ReadonlyMap<DeriveTable, number>): ReadonlyMap<string, Key> | undefined {
    const touched = new Map<string, Key>();
    for (const [table, to] of at) {
      const after = from[table.stream] ?? 0;
      if (after === to) continue;
      const keys = this.#rowsOf(table).touched(after, to, RECORDS_MAX);
      for (const place of this.#near.places.filter((other) => other.table === table.name)) {
        if (place.kind !== 'touched' || !keys) return undefined;
        for (const key of keys) {
          const output = place.parts.map((_, i) => key[place.parts.indexOf(i)] ?? '');
          touched.set(nameOf(output), output);
        }
      }
    }
    return touched;
  }

  #rowsAt(place: NearPlace, keys: readonly Key[], at: ReadonlyMap<DeriveTable, number>): Found | undefined {
    const table = this.#tableOf(place.table);
    const wanted = place.kind === 'touched' ? keys.map((key) => keyOf(place.parts, key)) : undefined;
    const named = wanted ?? this.#namedAt(place, keys, at);
    const rows = named && this.#rowsOf(table).readAll(at.get(table) ?? 0, named);
    return rows && new Map(rows.map((row, i) => [nameOf(named[i] ?? []), row ?? null]));
  }

  /** The keys that the rows found before name, each once. */
  #namedAt(
    place: NearPlace,
    keys: readonly Key[],
    at: ReadonlyMap<DeriveTable, number>,
  ): readonly Key[] | undefined {
    if (place.kind === 'touched') return undefined;
    const naming = this.#rowsAt(place.by, keys, at);
    if (!naming) return undefined;
    const texts = [...naming.values()].flatMap((row) =>
      row === null ? [] : (valueTexts([place.column], row)[0] ?? []),
    );
    return [...new Set(texts)].map((text) => [text]);
  }

  /** The query's rows by the names of their keys, in the order of these; undefined where it fails, gives a key twice or much, which the other ways are for. */
  async #answer(
    rows: ReadonlyMap<string, Found>,
    touched: ReadonlyMap<string, Key>,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, string> | undefined> {
    const { services, plan } = this.#derivation;
    const { dataset } = plan;
    const setup = plan.tables.map((table) => this.#tableSql(table, rows.get(table.name)));
    const select = `select ${keyJsonSql(dataset)}, ${rowJsonSql(columnsOf(dataset))} from (${derivedRowsSql(plan)}) ${this.#inOrder()}`;
    const options = { deadlineMs: DEADLINE_MS, signal, small: true };
    const result = await services.engine.run([...setup, select], options).catch((thrown: unknown) => {
      if (sqlProblemOf(thrown)) return undefined;
      throw thrown;
    });
    if (!result) return undefined;
    const keyFields = keyFieldsOf(dataset);
    const answer = new Map<string, string>();
    for (const [key, row] of result.rows) {
      const name = nameOf(valueTexts(keyFields, String(key)).map((text) => text ?? ''));
      if (answer.has(name)) return undefined;
      if (touched.has(name)) answer.set(name, String(row));
    }
    return isShort(answer.values()) ? answer : undefined;
  }

  /** Columns that the query does not read are null. */
  #tableSql({ name, dataset }: DeriveTable, found: Found | undefined): string {
    const read = this.#near.columns.get(name);
    const keys = new Set(keyFieldsOf(dataset).map((field) => field.name));
    const fields = columnsOf(dataset).filter(
      (field) => found && (read?.has(field.name) || keys.has(field.name)),
    );
    const columns = columnsOf(dataset).map((field) => {
      const column = sqlName(field.name);
      return fields.includes(field) ? column : `cast(null as ${sqlType(field)}) as ${column}`;
    });
    const documents = [...(found?.values() ?? [])].filter((row) => row !== null);
    const from = fields.length === 0 ? '(select 1 where false)' : `(${documentsSql(fields, documents)})`;
    return `create temp table ${sqlName(name)} as select ${columns.join(', ')} from ${from}`;
  }

  /** In the order in which the other ways journal them, so that nobody can tell which way was taken. */
  #inOrder(): string {
    const keys = keyFieldsOf(this.#derivation.plan.dataset).map((field) => sqlName(field.name));
    return `order by ${keys.join(', ')}`;
  }

  /** The keys that the answer has no row of any more, in journal form. */
  async #gone(
    { touched, state }: LookedUp,
    answer: ReadonlyMap<string, string>,
    signal: AbortSignal,
  ): Promise<Rows> {
    const { services, plan } = this.#derivation;
    const names = [...touched.keys()];
    const rows = state.filter((row, i) => row !== undefined && !answer.has(names[i] ?? ''));
    if (rows.length === 0) return linesOf([]);
    const fields = keyFieldsOf(plan.dataset);
    const from = documentsSql(
      fields,
      rows.map((row) => row ?? ''),
    );
    const select = `select ${rowJournalSql(fields)} from (${from}) ${this.#inOrder()}`;
    const result = await services.engine.run(select, { deadlineMs: DEADLINE_MS, signal, small: true });
    return linesOf(result.rows.map(([key]) => String(key)));
  }
}

interface LookedUp {
  readonly positions: Positions;
  /** Keys of the output, by name. */
  readonly touched: ReadonlyMap<string, Key>;
  /** The product's own rows, in the order of the touched keys. */
  readonly state: readonly (string | undefined)[];
  /** By table. */
  readonly rows: ReadonlyMap<string, Found>;
}

/** The rows that are new or other than before, in the answer's order. */
function changed({ touched, state }: LookedUp, answer: ReadonlyMap<string, string>): Rows {
  const was = new Map([...touched.keys()].map((name, i) => [name, state[i]]));
  return linesOf([...answer].flatMap(([name, row]) => (was.get(name) === row ? [] : [row])));
}

function keyOf(parts: readonly number[], output: Key): Key {
  return parts.map((part) => output[part] ?? '');
}

function isShort(rows: Iterable<string | null>): boolean {
  let length = 0;
  for (const row of rows) length += row?.length ?? 0;
  return length <= TEXT_MAX;
}

function nameOf(key: Key): string {
  return JSON.stringify(key);
}

function linesOf(documents: readonly string[]): Rows {
  const text = documents.map((document) => `${document}\n`).join('');
  return { bytes: Buffer.from(text), count: documents.length };
}
