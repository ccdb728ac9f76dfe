/**
 * What a product's TypeScript gives over its inputs at one vector of positions: of all their records, or of those that may give something
 * else than at another vector, as they were and as they are.
 *
 * A record gives something else only when it changed, or a row that it looked up did. Who looked up what is known of what this process
 * computed itself; of what was computed before it, which inputs were looked into. Where one of these moves and it is not known who must be run
 * again, because of that or since more was looked up than can be remembered, all records are.
 */
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { WharfError } from '../../base/errors.ts';
import { randomName } from '../../base/random.ts';
import { columnsOf } from '../../schema/field.ts';
import { keyJsonSql } from '../../schema/json-form.ts';
import { sqlName } from '../../schema/sql-type.ts';
import type { Product } from '../../spec/model.ts';
import type { DerivePlan, DeriveTable } from '../../transform/derive-plan.ts';
import { buildTypescript } from '../../transform/typescript/build-typescript.ts';
import { derivedSetup } from '../../transform/typescript/guest-setup.ts';
import { labelledLinesSql } from '../../transform/typescript/labelled-lines-sql.ts';
import { type RanLine, runLines } from '../../transform/typescript/run-lines.ts';
import { type FetchRows, TypescriptRunner } from '../../transform/typescript/typescript-runner.ts';
import type { Services } from '../capture/services.ts';
import type { RejectRecord } from '../rejects/reject-record.ts';
import { type DeriveCursor, type Positions, samePositions } from './derive-cursor.ts';
import { openInputs } from './open-inputs.ts';
import { openTouched, type TouchedRows } from './open-touched.ts';
import { RecordLookups } from './record-lookups.ts';
import { lookupsOf } from './typescript-lookups.ts';
import { TypescriptStage } from './typescript-stage.ts';

export interface TypescriptRows {
  /** A SELECT over the dataset's columns. */
  readonly sql: string;
  /** Of the file that they are in. */
  readonly bytes: number;
  /** Records that gave nothing. */
  readonly failures: readonly RejectRecord[];
  remove(): Promise<void>;
}

/** What the records that may have changed gave, and give now. */
export interface TypescriptStep {
  readonly before: TypescriptRows;
  readonly now: TypescriptRows;
}

interface StepRun {
  readonly from: Positions;
  readonly to: Positions;
  readonly signal: AbortSignal;
  readonly lookups: RecordLookups;
  readonly onProgress: ((done: number, total: number) => void) | undefined;
}

/** Rows of one input, to be handed to its function. */
interface Part {
  readonly table: DeriveTable;
  readonly setup: readonly string[];
  readonly rows: string;
}

type Heard = (table: DeriveTable, batch: readonly RanLine[], names: ReadonlyMap<string, string>) => void;

export class TypescriptDerivation {
  readonly #services: Services;
  readonly #product: Product;
  readonly #plan: DerivePlan;
  #runner: TypescriptRunner | undefined;
  /** The vector that was computed last, and who looked up what for it. */
  #computed: { readonly positions: Positions; readonly lookups: RecordLookups } | undefined;

  constructor(services: Services, product: Product, plan: DerivePlan) {
    this.#services = services;
    this.#product = product;
    this.#plan = plan;
  }

  /** One that can be used at the same time, with a process of its own. The caller closes it. */
  another(): TypescriptDerivation {
    return new TypescriptDerivation(this.#services, this.#product, this.#plan);
  }

  /** Of all records; `onProgress` hears how many were run. Throws TRANSFORM_TYPESCRIPT, TRANSFORM_PROCESS, and what reading the inputs throws. The caller removes it. */
  async rows(
    positions: Positions,
    signal: AbortSignal,
    onProgress?: (done: number, total: number) => void,
  ): Promise<TypescriptRows> {
    this.#computed = undefined;
    const lookups = new RecordLookups(this.#plan);
    const functions = await this.functions();
    const tables = this.#plan.tables.filter(({ name }) => functions.includes(name));
    const parts = tables.map((table) => ({ table, setup: [], rows: `select * from ${sqlName(table.name)}` }));
    const ran = onProgress && (await this.#counted(positions, tables, onProgress));
    const rows = await this.#run(positions, parts, signal, (table, batch, names) => {
      lookups.note(table, batch, names);
      ran?.(batch.length);
    });
    this.#computed = { positions, lookups };
    return rows;
  }

  /** The inputs that were looked into for what was computed last. */
  get lookedUp(): readonly string[] | undefined {
    return this.#computed?.lookups.inputs;
  }

  /** From one vector to another; undefined when all records must be run. Throws POSITION_GONE besides. The caller removes both. */
  async step(
    { positions: from, lookedUp }: Pick<DeriveCursor, 'positions' | 'lookedUp'>,
    to: Positions,
    signal: AbortSignal,
    onProgress?: (done: number, total: number) => void,
  ): Promise<TypescriptStep | undefined> {
    const lookups = this.#lookupsAt(from, lookedUp);
    if (!lookups || typeof this.#plan.dataset.key === 'string') return undefined;
    const moved = this.#plan.tables.filter(({ stream }) => from[stream] !== to[stream]);
    if (moved.some(({ forgets }) => forgets)) return undefined;
    const dependants = await lookups.dependants(this.#services, moved, from, to);
    if (!dependants) return undefined;
    // What goes wrong from here on leaves look-ups behind that are of neither vector.
    this.#computed = undefined;
    const functions = await this.functions();
    const touched: { table: DeriveTable; rows: TouchedRows }[] = [];
    try {
      for (const table of this.#plan.tables) {
        const keys = dependants.get(table.name) ?? [];
        if (!functions.includes(table.name) || (!moved.includes(table) && keys.length === 0)) continue;
        const [start, end] = [from[table.stream] ?? 0, to[table.stream] ?? 0];
        const request = { table, from: start, to: end, dependants: keys };
        touched.push({ table, rows: await openTouched(this.#services, request) });
      }
      const step = await this.#runTwice(touched, { from, to, signal, lookups, onProgress });
      this.#computed = { positions: to, lookups };
      return step;
    } finally {
      for (const { rows } of touched) await rows.release();
    }
  }

  /** The inputs that the code has a function for. Throws TRANSFORM_TYPESCRIPT, TRANSFORM_PROCESS. */
  async functions(): Promise<readonly string[]> {
    return (await this.#open()).functions();
  }

  /** Who looked up what for the vector; undefined when nothing is known of it. */
  #lookupsAt(positions: Positions, lookedUp: readonly string[] | undefined): RecordLookups | undefined {
    const known = this.#computed;
    if (known && samePositions(known.positions, positions)) return known.lookups;
    return lookedUp && RecordLookups.of(this.#plan, lookedUp);
  }

  /** Ends the process; another call starts it again. */
  async close(): Promise<void> {
    await this.#runner?.close();
    this.#runner = undefined;
  }

  async #runTwice(
    touched: readonly { readonly table: DeriveTable; readonly rows: TouchedRows }[],
    { from, to, signal, lookups, onProgress }: StepRun,
  ): Promise<TypescriptStep> {
    const partsOf = (when: 'before' | 'now') =>
      touched.map(({ table, rows }) => ({ table, setup: rows.setup, rows: rows[when] }));
    const forget: Heard = (table, batch) => lookups.forget(table, batch);
    const before = await this.#run(from, partsOf('before'), signal, forget);
    const total = Object.keys(to).reduce((sum, stream) => sum + (to[stream] ?? 0) - (from[stream] ?? 0), 0);
    let done = 0;
    try {
      const now = await this.#run(to, partsOf('now'), signal, (table, batch, names) => {
        lookups.note(table, batch, names);
        done += batch.length;
        onProgress?.(Math.min(done, total), total);
      });
      return { before, now };
    } catch (error) {
      await before.remove();
      throw error;
    }
  }

  /** What is to be called with how many more records were run. */
  async #counted(
    positions: Positions,
    tables: readonly DeriveTable[],
    onProgress: (done: number, total: number) => void,
  ): Promise<(more: number) => void> {
    const { setup, release } = await openInputs(this.#services, this.#plan, positions);
    try {
      const counts = tables.map(({ name }) => `(select count(*) from ${sqlName(name)})`);
      const sum = ['0', ...counts].join(' + ');
      const { rows } = await this.#services.engine.run([...setup, `select cast(${sum} as bigint)`]);
      const total = Number(rows[0]?.[0]);
      let done = 0;
      return (more) => {
        done += more;
        onProgress(done, total);
      };
    } finally {
      release();
    }
  }

  /** Runs the functions over the parts, with the process started and all inputs as they are at the positions. */
  async #run(
    positions: Positions,
    parts: readonly Part[],
    signal: AbortSignal,
    heard: Heard,
  ): Promise<TypescriptRows> {
    const services = this.#services;
    const plan = this.#plan;
    const runner = await this.#open();
    // What was looked up before may be other rows at these positions.
    await runner.forget();
    const inputs = await openInputs(services, plan, positions);
    const stage = await TypescriptStage.create({ services, product: this.#product, plan });
    try {
      const { setup } = inputs;
      const names = new Map<string, string>();
      const fetch = lookupsOf({ services, plan, setup, signal, names });
      for (const { table, ...part } of parts) {
        const statements = [...setup, ...part.setup];
        for await (const batch of this.#records(table, statements, part.rows, { runner, fetch, signal })) {
          heard(table, batch, names);
          await stage.add(table, batch);
        }
      }
      await stage.end();
      const { sql, bytes, failures } = stage;
      return { sql, bytes, failures, remove: () => stage.remove() };
    } catch (error) {
      await stage.end();
      await stage.remove();
      throw error;
    } finally {
      inputs.release();
    }
  }

  /** Hands the rows of a SELECT to the table's function; each is labelled by its key. */
  async *#records(
    table: DeriveTable,
    setup: readonly string[],
    rows: string,
    run: { readonly runner: TypescriptRunner; readonly fetch: FetchRows; readonly signal: AbortSignal },
  ): AsyncGenerator<readonly RanLine[]> {
    const { engine, temporaryFolder } = this.#services;
    const file = path.join(temporaryFolder, `typescript-${randomName()}.records`);
    try {
      const label = keyJsonSql(table.dataset);
      const lines = labelledLinesSql(rows, columnsOf(table.dataset), { label, order: '0', file });
      await engine.run([...setup, lines], { signal: run.signal });
      yield* runLines({ ...run, input: table.name, file });
    } finally {
      await rm(file, { force: true });
    }
  }

  async #open(): Promise<TypescriptRunner> {
    if (this.#runner) return this.#runner;
    const { transform } = this.#product;
    if (!transform) throw new Error(`Invariant broken: ${this.#product.id} has no transform`);
    const { built, problems } = await buildTypescript(transform);
    if (!built) {
      const message = problems.map((problem) => problem.message).join(' ');
      throw new WharfError('TRANSFORM_TYPESCRIPT', message, { hint: 'wharf check shows where.' });
    }
    const { clock } = this.#services;
    this.#runner = new TypescriptRunner({ built, setup: derivedSetup(this.#plan), clock });
    return this.#runner;
  }
}
