/** Rows that TypeScript gave, validated and staged in a file; records that gave none, with the reason. */
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { LineFile } from '../../base/line-file.ts';
import { randomName } from '../../base/random.ts';
import { writeEnvelopes } from '../../schema/envelope.ts';
import { columnsOf } from '../../schema/field.ts';
import { loadRowsSql } from '../../schema/load-sql.ts';
import type { Reason, SliceVerdict } from '../../schema/slice.ts';
import { sqlName } from '../../schema/sql-type.ts';
import type { Product } from '../../spec/model.ts';
import type { DerivePlan, DeriveTable } from '../../transform/derive-plan.ts';
import type { RanLine } from '../../transform/typescript/run-lines.ts';
import type { Services } from '../capture/services.ts';
import { openReject, type RejectRecord } from '../rejects/reject-record.ts';

export interface StageOptions {
  readonly services: Services;
  readonly product: Product;
  readonly plan: DerivePlan;
}

/** A record on which the code fails, or of which a row breaks the contract, gives nothing and is told. */
export class TypescriptStage {
  readonly #options: StageOptions;
  readonly #file: LineFile;
  readonly #failures: RejectRecord[] = [];
  #bytes = 0;

  private constructor(options: StageOptions, file: LineFile) {
    this.#options = options;
    this.#file = file;
  }

  static async create(options: StageOptions): Promise<TypescriptStage> {
    const file = path.join(options.services.temporaryFolder, `typescript-${randomName()}.rows`);
    return new TypescriptStage(options, await LineFile.create(file));
  }

  get failures(): readonly RejectRecord[] {
    return this.#failures;
  }

  /** A SELECT over the dataset's columns, once the stage is ended. */
  get sql(): string {
    const { dataset } = this.#options.plan;
    const columns = columnsOf(dataset).map(({ name }) => sqlName(name));
    const distinct = dataset.key === 'row' ? 'distinct ' : '';
    return `select ${distinct}${columns.join(', ')} from (${loadRowsSql(dataset, this.#file.path)})`;
  }

  /** Of the file. */
  get bytes(): number {
    return this.#bytes;
  }

  async add(table: DeriveTable, batch: readonly RanLine[]): Promise<void> {
    const owners: number[] = [];
    const rows: string[] = [];
    for (const [i, { ran, record }] of batch.entries()) {
      if (ran.rows === undefined)
        this.#fail(table, record, [{ code: 'MAP_FAILED', pointer: '', message: ran.failure }]);
      for (const row of ran.rows ?? []) {
        owners.push(i);
        rows.push(`${row}\n`);
      }
    }
    if (rows.length === 0) return;
    const { services, plan } = this.#options;
    const slice = { bytes: Buffer.from(rows.join('')), framing: { format: 'ndjson' } as const, line: 1 };
    const verdict = await services.pool.validate(plan.dataset, 'upsert', slice);
    const bad = new Map<number, readonly Reason[]>();
    for (const { index, reasons } of verdict.rejects) bad.set(owners[index] as number, reasons);
    for (const [i, reasons] of bad) this.#fail(table, batch[i]?.record ?? '', reasons);
    await this.#append(acceptedLines(verdict).filter(({ index }) => !bad.has(owners[index] as number)));
  }

  /** Everything has been added. */
  end(): Promise<void> {
    return this.#file.close();
  }

  remove(): Promise<void> {
    return rm(this.#file.path, { force: true });
  }

  async #append(lines: readonly { readonly line: string }[]): Promise<void> {
    if (lines.length === 0) return;
    const body = Buffer.from(lines.map(({ line }) => `${line}\n`).join(''));
    const source = { first: 0, last: lines.length - 1, timeUs: 0, body, deletes: [] };
    const bytes = writeEnvelopes(source);
    this.#bytes += bytes.length;
    await this.#file.append(bytes, lines.length);
  }

  #fail(table: DeriveTable, document: string, reasons: readonly Reason[]): void {
    const { product, plan } = this.#options;
    const reject = openReject({
      product: product.id,
      input: table.name,
      dataset: plan.dataset.name,
      stage: 'map',
      file: table.stream,
      line: 0,
      document,
      reasons,
    });
    this.#failures.push(reject);
  }
}

/** The accepted documents, each with the index of the row that it was. */
function acceptedLines({ accepted, indices }: SliceVerdict): { line: string; index: number }[] {
  const lines = Buffer.from(accepted).toString('utf8').split('\n').slice(0, -1);
  return lines.map((line, i) => ({ line, index: indices?.[i] ?? i }));
}
