/**
 * What a product's TypeScript gives over its inputs at one vector of positions: of all their records, or of those that may give something
 * else than at another vector, as they were and as they are.
 *
 * A record gives something else only when it changed, or a row that it looked up did. Who looked up what is known of what this process
 * computed itself; of what was computed before it, which inputs were looked into. Where one of these moves and it is not known who must be run
 * again, because of that or since more was looked up than can be remembered, all records are.
 */
import { sqlName } from '../../schema/sql-type.ts';
import type { Product } from '../../spec/model.ts';
import type { DerivePlan, DeriveTable } from '../../transform/derive-plan.ts';
import type { Services } from '../capture/services.ts';
import { type DeriveCursor, type Positions, samePositions } from './derive-cursor.ts';
import { openInputs } from './open-inputs.ts';
import { openTouched, type TouchedRows } from './open-touched.ts';
import { RecordLookups } from './record-lookups.ts';
import { type HearBatch, TypescriptFunctions, type TypescriptRows } from './typescript-functions.ts';

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

export class TypescriptDerivation {
  readonly #services: Services;
  readonly #product: Product;
  readonly #plan: DerivePlan;
  readonly #functions: TypescriptFunctions;
  /** The vector that was computed last, and who looked up what for it. */
  #computed: { readonly positions: Positions; readonly lookups: RecordLookups } | undefined;

  constructor(services: Services, product: Product, plan: DerivePlan) {
    this.#services = services;
    this.#product = product;
    this.#plan = plan;
    this.#functions = new TypescriptFunctions(services, product, plan);
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
    const functions = await this.#functions.names();
    const tables = this.#plan.tables.filter(({ name }) => functions.includes(name));
    const parts = tables.map((table) => ({ table, setup: [], rows: `select * from ${sqlName(table.name)}` }));
    const ran = onProgress && (await this.#counted(positions, tables, onProgress));
    const rows = await this.#functions.run(positions, parts, signal, (table, batch, names) => {
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
    const functions = await this.#functions.names();
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

  /** Ends the process; another call starts it again. */
  close(): Promise<void> {
    return this.#functions.close();
  }

  /** The inputs that the code has a function for. Throws TRANSFORM_TYPESCRIPT, TRANSFORM_PROCESS. */
  functions(): Promise<readonly string[]> {
    return this.#functions.names();
  }

  /** Who looked up what for the vector; undefined when nothing is known of it. */
  #lookupsAt(positions: Positions, lookedUp: readonly string[] | undefined): RecordLookups | undefined {
    const known = this.#computed;
    if (known && samePositions(known.positions, positions)) return known.lookups;
    return lookedUp && RecordLookups.of(this.#plan, lookedUp);
  }

  async #runTwice(
    touched: readonly { readonly table: DeriveTable; readonly rows: TouchedRows }[],
    { from, to, signal, lookups, onProgress }: StepRun,
  ): Promise<TypescriptStep> {
    const partsOf = (when: 'before' | 'now') =>
      touched.map(({ table, rows }) => ({ table, setup: rows.setup, rows: rows[when] }));
    const forget: HearBatch = (table, batch) => lookups.forget(table, batch);
    const before = await this.#functions.run(from, partsOf('before'), signal, forget);
    const total = Object.keys(to).reduce((sum, stream) => sum + (to[stream] ?? 0) - (from[stream] ?? 0), 0);
    let done = 0;
    try {
      const now = await this.#functions.run(to, partsOf('now'), signal, (table, batch, names) => {
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
}
