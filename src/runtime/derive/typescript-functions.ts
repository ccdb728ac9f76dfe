/** The functions of a product's TypeScript, in a process of their own, over rows of its inputs at one vector of positions. */
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { WharfError } from '../../base/errors.ts';
import { randomName } from '../../base/random.ts';
import { columnsOf } from '../../schema/field.ts';
import { keyJsonSql } from '../../schema/json-form.ts';
import type { Product } from '../../spec/model.ts';
import type { DerivePlan, DeriveTable } from '../../transform/derive-plan.ts';
import { buildTypescript } from '../../transform/typescript/build-typescript.ts';
import { derivedSetup } from '../../transform/typescript/guest-setup.ts';
import { labelledLinesSql } from '../../transform/typescript/labelled-lines-sql.ts';
import { type RanLine, runLines } from '../../transform/typescript/run-lines.ts';
import { type FetchRows, TypescriptRunner } from '../../transform/typescript/typescript-runner.ts';
import type { Services } from '../capture/services.ts';
import type { RejectRecord } from '../rejects/reject-record.ts';
import type { Positions } from './derive-cursor.ts';
import { openInputs } from './open-inputs.ts';
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

/** Rows of one input, to be handed to its function. */
export interface InputPart {
  readonly table: DeriveTable;
  readonly setup: readonly string[];
  /** A SELECT. */
  readonly rows: string;
}

/** Hears what records of an input gave, and the names of what they looked up. */
export type HearBatch = (
  table: DeriveTable,
  batch: readonly RanLine[],
  names: ReadonlyMap<string, string>,
) => void;

export class TypescriptFunctions {
  readonly #services: Services;
  readonly #product: Product;
  readonly #plan: DerivePlan;
  #runner: TypescriptRunner | undefined;

  constructor(services: Services, product: Product, plan: DerivePlan) {
    this.#services = services;
    this.#product = product;
    this.#plan = plan;
  }

  /** The inputs that the code has a function for. Throws TRANSFORM_TYPESCRIPT, TRANSFORM_PROCESS. */
  async names(): Promise<readonly string[]> {
    return (await this.#open()).functions();
  }

  /** Ends the process; another call starts it again. */
  async close(): Promise<void> {
    await this.#runner?.close();
    this.#runner = undefined;
  }

  /** What the functions give over the parts, with all inputs as they are at the positions. The caller removes it. */
  async run(
    positions: Positions,
    parts: readonly InputPart[],
    signal: AbortSignal,
    hear: HearBatch,
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
          hear(table, batch, names);
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
