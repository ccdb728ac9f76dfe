/**
 * What a product's TypeScript gives over its inputs at one vector of positions: of all their records, or of those that changed since
 * another vector, as they were and as they are.
 *
 * The second is enough when no input moved whose rows were looked up: then every other record gives what it gave before. Which
 * inputs were looked up is known of what this process computed itself; the first cycle after a start runs all records.
 */
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { WharfError } from '../../base/errors.ts';
import { randomName } from '../../base/random.ts';
import { columnsOf } from '../../schema/field.ts';
import { sqlName } from '../../schema/sql-type.ts';
import type { Product } from '../../spec/model.ts';
import type { DerivePlan, DeriveTable } from '../../transform/derive-plan.ts';
import { buildTypescript } from '../../transform/typescript/build-typescript.ts';
import { derivedSetup } from '../../transform/typescript/guest-setup.ts';
import { labelledLinesSql } from '../../transform/typescript/labelled-lines-sql.ts';
import { runLines } from '../../transform/typescript/run-lines.ts';
import { type FetchRows, TypescriptRunner } from '../../transform/typescript/typescript-runner.ts';
import type { Services } from '../capture/services.ts';
import type { RejectRecord } from '../rejects/reject-record.ts';
import { type Positions, samePositions } from './derive-cursor.ts';
import { openInputs } from './open-inputs.ts';
import { openTouched } from './open-touched.ts';
import { lookupsOf } from './typescript-lookups.ts';
import { TypescriptStage } from './typescript-stage.ts';

export interface TypescriptRows {
  /** A SELECT over the dataset's columns. */
  readonly sql: string;
  /** Records that gave nothing. */
  readonly failures: readonly RejectRecord[];
  remove(): Promise<void>;
}

/** What the records that changed gave, and give now. */
export interface TypescriptStep {
  readonly before: TypescriptRows;
  readonly now: TypescriptRows;
}

/** Of a vector of positions that was computed: the inputs whose rows were looked up. */
interface Computed {
  readonly positions: Positions;
  readonly lookedUp: ReadonlySet<string>;
}

/** The vector that a step starts from, and the one that it comes to. */
const COMPUTED_KEPT = 2;

interface Run {
  readonly runner: TypescriptRunner;
  readonly setup: readonly string[];
  readonly fetch: FetchRows;
  readonly lookedUp: Set<string>;
  readonly signal: AbortSignal;
}

export class TypescriptDerivation {
  readonly #services: Services;
  readonly #product: Product;
  readonly #plan: DerivePlan;
  #runner: TypescriptRunner | undefined;
  #computed: readonly Computed[] = [];

  constructor(services: Services, product: Product, plan: DerivePlan) {
    this.#services = services;
    this.#product = product;
    this.#plan = plan;
  }

  /** Of all records. Throws TRANSFORM_TYPESCRIPT, TRANSFORM_PROCESS, and what reading the inputs throws. The caller removes it. */
  rows(positions: Positions, signal: AbortSignal): Promise<TypescriptRows> {
    return this.#at(positions, signal, async (run, functions) => {
      const rows = await this.#staged(async (stage) => {
        for (const table of this.#plan.tables) {
          if (!functions.includes(table.name)) continue;
          await this.#runRows(run, stage, table, [], `select * from ${sqlName(table.name)}`);
        }
      });
      this.#remember({ positions, lookedUp: run.lookedUp });
      return rows;
    });
  }

  /**
   * Of the records that changed between two vectors; undefined when others may give something else too. Throws POSITION_GONE
   * besides. The caller removes both.
   */
  async step(from: Positions, to: Positions, signal: AbortSignal): Promise<TypescriptStep | undefined> {
    const known = this.#computed.find(({ positions }) => samePositions(positions, from));
    const moved = this.#plan.tables.filter(({ stream }) => from[stream] !== to[stream]);
    if (!known || typeof this.#plan.dataset.key === 'string') return undefined;
    if (moved.some(({ name, forgets }) => forgets || known.lookedUp.has(name))) return undefined;
    return this.#at(to, signal, async (run, functions) => {
      const tables = moved.filter(({ name }) => functions.includes(name));
      const step = await this.#runStep(run, tables, from, to);
      this.#remember({ positions: to, lookedUp: new Set([...known.lookedUp, ...run.lookedUp]) }, known);
      return step;
    });
  }

  /** Ends the process; another call starts it again. */
  async close(): Promise<void> {
    await this.#runner?.close();
    this.#runner = undefined;
  }

  #remember(...computed: readonly Computed[]): void {
    this.#computed = computed.slice(0, COMPUTED_KEPT);
  }

  /** With the process started, and all inputs open at the positions. */
  async #at<T>(
    positions: Positions,
    signal: AbortSignal,
    use: (run: Run, functions: readonly string[]) => Promise<T>,
  ): Promise<T> {
    const services = this.#services;
    const runner = await this.#open();
    const functions = await runner.functions();
    // What was looked up before may be other rows at these positions.
    await runner.forget();
    const inputs = await openInputs(services, this.#plan, positions);
    try {
      const { setup } = inputs;
      const lookedUp = new Set<string>();
      const rows = lookupsOf({ services, plan: this.#plan, setup, signal });
      const fetch: FetchRows = (asked) => {
        for (const { input } of asked) lookedUp.add(input);
        return rows(asked);
      };
      return await use({ runner, setup, fetch, lookedUp, signal }, functions);
    } finally {
      inputs.release();
    }
  }

  async #runStep(
    run: Run,
    tables: readonly DeriveTable[],
    from: Positions,
    to: Positions,
  ): Promise<TypescriptStep> {
    const now = await TypescriptStage.create(this.#options);
    try {
      const before = await this.#staged(async (stage) => {
        for (const table of tables) {
          const [start, end] = [from[table.stream] ?? 0, to[table.stream] ?? 0];
          const touched = await openTouched(this.#services.store, table, start, end);
          try {
            await this.#runRows(run, stage, table, touched.setup, touched.before);
            await this.#runRows(run, now, table, touched.setup, touched.now);
          } finally {
            touched.release();
          }
        }
      });
      await now.end();
      return { before, now: rowsOf(now) };
    } catch (error) {
      await now.end();
      await now.remove();
      throw error;
    }
  }

  async #staged(fill: (stage: TypescriptStage) => Promise<void>): Promise<TypescriptRows> {
    const stage = await TypescriptStage.create(this.#options);
    try {
      await fill(stage);
      await stage.end();
      return rowsOf(stage);
    } catch (error) {
      await stage.end();
      await stage.remove();
      throw error;
    }
  }

  /** Hands the rows of a SELECT to the table's function. */
  async #runRows(
    { runner, setup, fetch, signal }: Run,
    stage: TypescriptStage,
    table: DeriveTable,
    more: readonly string[],
    rows: string,
  ): Promise<void> {
    const { engine, temporaryFolder } = this.#services;
    const file = path.join(temporaryFolder, `typescript-${randomName()}.records`);
    try {
      const lines = labelledLinesSql(rows, columnsOf(table.dataset), { label: '0', order: '0', file });
      await engine.run([...setup, ...more, lines], { signal });
      for await (const batch of runLines({ runner, input: table.name, file, fetch, signal }))
        await stage.add(table, batch);
    } finally {
      await rm(file, { force: true });
    }
  }

  get #options() {
    return { services: this.#services, product: this.#product, plan: this.#plan };
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

function rowsOf(stage: TypescriptStage): TypescriptRows {
  return { sql: stage.sql, failures: stage.failures, remove: () => stage.remove() };
}
