/**
 * What a product's TypeScript gives over its inputs at one vector of positions, as a relation that is compared with the product's state
 * as the answer of a query would be.
 *
 * A record on which the code fails, or of which a row breaks the contract, gives nothing and is told.
 */
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { WharfError } from '../../base/errors.ts';
import { LineFile } from '../../base/line-file.ts';
import { randomName } from '../../base/random.ts';
import { writeEnvelopes } from '../../schema/envelope.ts';
import { columnsOf } from '../../schema/field.ts';
import { loadRowsSql } from '../../schema/load-sql.ts';
import type { Reason, SliceVerdict } from '../../schema/slice.ts';
import { sqlName } from '../../schema/sql-type.ts';
import type { Product } from '../../spec/model.ts';
import type { DerivePlan, DeriveTable } from '../../transform/derive-plan.ts';
import { buildTypescript } from '../../transform/typescript/build-typescript.ts';
import { derivedSetup } from '../../transform/typescript/guest-setup.ts';
import { labelledLinesSql } from '../../transform/typescript/labelled-lines-sql.ts';
import { type RanLine, runLines } from '../../transform/typescript/run-lines.ts';
import { type FetchRows, TypescriptRunner } from '../../transform/typescript/typescript-runner.ts';
import type { Services } from '../capture/services.ts';
import { openReject, type RejectRecord } from '../rejects/reject-record.ts';
import type { Positions } from './derive-cursor.ts';
import { openInputs } from './open-inputs.ts';
import { lookupsOf } from './typescript-lookups.ts';

export interface TypescriptRows {
  /** A SELECT over the dataset's columns. */
  readonly sql: string;
  /** Records that gave nothing. */
  readonly failures: readonly RejectRecord[];
  remove(): Promise<void>;
}

interface Work {
  readonly runner: TypescriptRunner;
  readonly fetch: FetchRows;
  readonly signal: AbortSignal;
  readonly staged: LineFile;
  readonly failures: RejectRecord[];
}

export class TypescriptDerivation {
  readonly #services: Services;
  readonly #product: Product;
  readonly #plan: DerivePlan;
  #runner: TypescriptRunner | undefined;

  constructor(services: Services, product: Product, plan: DerivePlan) {
    this.#services = services;
    this.#product = product;
    this.#plan = plan;
  }

  /** Throws TRANSFORM_TYPESCRIPT, TRANSFORM_PROCESS, and what reading the inputs throws. The caller removes what it gets. */
  async rows(positions: Positions, signal: AbortSignal): Promise<TypescriptRows> {
    const { temporaryFolder } = this.#services;
    const staged = await LineFile.create(path.join(temporaryFolder, `typescript-${randomName()}.rows`));
    const remove = () => rm(staged.path, { force: true });
    const failures: RejectRecord[] = [];
    try {
      await this.#runAll(positions, { signal, staged, failures });
      await staged.close();
      return { sql: this.#rowsSql(staged.path), failures, remove };
    } catch (error) {
      await staged.close();
      await remove();
      throw error;
    }
  }

  /** Ends the process; another call starts it again. */
  async close(): Promise<void> {
    await this.#runner?.close();
    this.#runner = undefined;
  }

  async #runAll(positions: Positions, out: Pick<Work, 'signal' | 'staged' | 'failures'>): Promise<void> {
    const services = this.#services;
    const runner = await this.#open();
    const functions = await runner.functions();
    // What was looked up before may be other rows at these positions.
    await runner.forget();
    const inputs = await openInputs(services, this.#plan, positions);
    try {
      const { setup } = inputs;
      const fetch = lookupsOf({ services, plan: this.#plan, setup, signal: out.signal });
      for (const table of this.#plan.tables) {
        if (functions.includes(table.name)) await this.#runTable(table, setup, { ...out, runner, fetch });
      }
    } finally {
      inputs.release();
    }
  }

  async #runTable(table: DeriveTable, setup: readonly string[], work: Work): Promise<void> {
    const { engine, temporaryFolder } = this.#services;
    const file = path.join(temporaryFolder, `typescript-${randomName()}.records`);
    const { runner, fetch, signal } = work;
    try {
      const rows = `select * from ${sqlName(table.name)}`;
      const lines = labelledLinesSql(rows, columnsOf(table.dataset), { label: '0', order: 'line', file });
      await engine.run([...setup, lines], { signal });
      for await (const batch of runLines({ runner, input: table.name, file, fetch, signal }))
        await this.#stage(table, batch, work);
    } finally {
      await rm(file, { force: true });
    }
  }

  async #stage(table: DeriveTable, batch: readonly RanLine[], work: Work): Promise<void> {
    const owners: number[] = [];
    const rows: string[] = [];
    for (const [i, { ran, record }] of batch.entries()) {
      if (ran.rows === undefined) work.failures.push(this.#failure(table, record, ran.failure));
      for (const row of ran.rows ?? []) {
        owners.push(i);
        rows.push(`${row}\n`);
      }
    }
    if (rows.length === 0) return;
    const slice = { bytes: Buffer.from(rows.join('')), framing: { format: 'ndjson' } as const, line: 1 };
    const verdict = await this.#services.pool.validate(this.#plan.dataset, 'upsert', slice);
    const bad = new Map<number, readonly Reason[]>();
    for (const { index, reasons } of verdict.rejects) bad.set(owners[index] as number, reasons);
    for (const [i, reasons] of bad) work.failures.push(this.#reject(table, batch[i]?.record ?? '', reasons));
    const kept = acceptedLines(verdict).filter(({ index }) => !bad.has(owners[index] as number));
    if (kept.length === 0) return;
    const body = Buffer.from(kept.map(({ line }) => `${line}\n`).join(''));
    const source = { first: 0, last: kept.length - 1, timeUs: 0, body, deletes: [] };
    await work.staged.append(writeEnvelopes(source), kept.length);
  }

  #failure(table: DeriveTable, record: string, message: string): RejectRecord {
    return this.#reject(table, record, [{ code: 'MAP_FAILED', pointer: '', message }]);
  }

  #reject(table: DeriveTable, document: string, reasons: readonly Reason[]): RejectRecord {
    return openReject({
      product: this.#product.id,
      input: table.name,
      dataset: this.#plan.dataset.name,
      stage: 'map',
      file: table.stream,
      line: 0,
      document,
      reasons,
    });
  }

  #rowsSql(file: string): string {
    const { dataset } = this.#plan;
    const columns = columnsOf(dataset).map(({ name }) => sqlName(name));
    const distinct = dataset.key === 'row' ? 'distinct ' : '';
    return `select ${distinct}${columns.join(', ')} from (${loadRowsSql(dataset, file)})`;
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

/** The accepted documents, each with the index of the row that it was. */
function acceptedLines({ accepted, indices }: SliceVerdict): { line: string; index: number }[] {
  const lines = Buffer.from(accepted).toString('utf8').split('\n').slice(0, -1);
  return lines.map((line, i) => ({ line, index: indices?.[i] ?? i }));
}
