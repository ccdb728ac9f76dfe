/** One cycle of a derived product up to what must be journaled: the query over its inputs, compared with its own state, validated. */
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { WharfError } from '../../base/errors.ts';
import { LineFile, readLineChunks } from '../../base/line-file.ts';
import { randomName } from '../../base/random.ts';
import type { EngineValue } from '../../engine/engine.ts';
import { sqlProblemOf } from '../../engine/failure-error.ts';
import type { Append } from '../../journal/journal.ts';
import { columnsOf, type Field } from '../../schema/field.ts';
import type { SliceReject } from '../../schema/slice.ts';
import type { Product } from '../../spec/model.ts';
import type { Derivation } from './derivation.ts';
import { differenceSql } from './difference-sql.ts';
import './errors.ts';
import type { OpenChange } from './open-change.ts';
import { rejectChanges } from './typescript-rejects.ts';

const VALIDATE_CHUNK_BYTES = 512 * 1024;
/** A query is given up after this. */
const DERIVE_DEADLINE_MS = 30 * 60_000;

/** What brings the state to the query's answer: files of documents in journal form, one a line. */
export interface DerivedDifference {
  readonly deletes: { readonly file: string; readonly count: number };
  readonly upserts: { readonly file: string; readonly count: number };
  /** Rejects that were opened or closed, to be journaled in the last commit. */
  readonly alongside: readonly Append[];
  remove(): Promise<void>;
}

/**
 * `open` gives what to compare the state with; it is released here.
 * Throws DERIVED_KEY_TWICE, DERIVED_ROW_INVALID, DERIVED_FAILED, which name what to do about it, and what engine and store throw.
 * The caller removes the files.
 */
export async function computeDifference(
  derivation: Derivation,
  open: () => Promise<OpenChange>,
  signal: AbortSignal,
): Promise<DerivedDifference> {
  const base = path.join(derivation.services.temporaryFolder, `derive-${randomName()}`);
  const files = { deletes: `${base}.deletes`, upserts: `${base}.rows` };
  const valid = `${base}.upserts`;
  const remove = async () => {
    const all = [files.deletes, files.upserts, valid, `${valid}.changed`];
    await Promise.all(all.map((file) => rm(file, { force: true })));
  };
  try {
    const counts = await runQuery(derivation, open, files, signal);
    const validated = await validateRows(derivation, files.upserts, valid);
    const upserts = counts.upserts > 0 ? await withoutEqualJson(derivation, validated) : validated;
    const { alongside } = counts;
    return { deletes: { file: files.deletes, count: counts.deletes }, upserts, alongside, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function runQuery(
  derivation: Derivation,
  open: () => Promise<OpenChange>,
  files: { readonly deletes: string; readonly upserts: string },
  signal: AbortSignal,
): Promise<{ readonly deletes: number; readonly upserts: number; readonly alongside: readonly Append[] }> {
  const { services, product, plan } = derivation;
  const { dataset } = plan;
  const change = await open();
  try {
    const state = await services.store.snapshot(product.id, dataset.name, services.journal.head(product.id));
    try {
      const compared = change.against(state);
      const statements = differenceSql(dataset, compared.rows, compared.state, files);
      const result = await services.engine.run([...compared.setup, ...statements], {
        deadlineMs: DERIVE_DEADLINE_MS,
        signal,
      });
      const [deletes, upserts, key, times] = result.rows[0] ?? [];
      if (key !== null && key !== undefined) throw keyTwice(product, key, times);
      const { failures, failedBefore } = change;
      const alongside = derivation.typescript
        ? await rejectChanges(services, product, failures, failedBefore)
        : [];
      return { deletes: Number(deletes), upserts: Number(upserts), alongside };
    } finally {
      state.release();
    }
  } catch (thrown) {
    throw queryFailed(product, thrown);
  } finally {
    await change.release();
  }
}

async function validateRows(
  { services, product, plan }: Derivation,
  rows: string,
  out: string,
): Promise<DerivedDifference['upserts']> {
  const valid = await LineFile.create(out);
  try {
    let line = 1;
    for await (const chunk of readLineChunks(rows, VALIDATE_CHUNK_BYTES)) {
      const slice = { bytes: chunk.bytes, framing: { format: 'ndjson' } as const, line };
      const verdict = await services.pool.validate(plan.dataset, 'upsert', slice);
      const [reject] = verdict.rejects;
      if (reject) throw rowInvalid(product, reject, verdict.rejects.length);
      await valid.append(verdict.accepted, verdict.count);
      line += chunk.count;
    }
    return { file: out, count: valid.lines };
  } finally {
    await valid.close();
  }
}

/** Validation may write JSON in a shorter way than the query did; what then equals the state is no difference. */
async function withoutEqualJson(
  { services, product, plan }: Derivation,
  upserts: DerivedDifference['upserts'],
): Promise<DerivedDifference['upserts']> {
  if (!columnsOf(plan.dataset).some(holdsJson)) return upserts;
  const out = `${upserts.file}.changed`;
  const request = {
    stream: product.id,
    dataset: plan.dataset.name,
    staged: upserts.file,
    deletes: false,
    out,
  };
  const { upserts: count } = await services.store.difference(request);
  return { file: out, count };
}

function holdsJson(field: Field): boolean {
  return (
    field.type === 'json' ||
    (field.fields ?? []).some(holdsJson) ||
    (field.items !== undefined && holdsJson(field.items))
  );
}

function keyTwice(product: Product, key: EngineValue, times: EngineValue | undefined): WharfError {
  return new WharfError(
    'DERIVED_KEY_TWICE',
    `The transform of ${product.id} gives ${times} rows with the key ${key}; it must give one.`,
    {
      hint: 'Group or filter until one row is left of each key, or add what tells the rows apart to the key. The product stays as it was.',
      place: { product: product.id },
      details: { key: String(key) },
    },
  );
}

function rowInvalid(product: Product, reject: SliceReject, count: number): WharfError {
  const [reason] = reject.reasons;
  const others = count > 1 ? ` (and ${count - 1} more such rows)` : '';
  return new WharfError(
    'DERIVED_ROW_INVALID',
    `The transform of ${product.id} gives a row that breaks its contract${others}: ${reason?.pointer || '/'}: ${reason?.message} The row: ${reject.document}`,
    {
      hint: 'Correct the transform or the input, or loosen the field. The product stays as it was.',
      place: { product: product.id },
      details: { row: reject.document, reasons: reject.reasons },
    },
  );
}

function queryFailed(product: Product, thrown: unknown): unknown {
  const problem = sqlProblemOf(thrown);
  if (!problem) return thrown;
  const message = problem.message.split('\n')[0] ?? problem.message;
  return new WharfError('DERIVED_FAILED', `The transform of ${product.id} failed: ${message}`, {
    hint: 'Correct the transform or the input. The product stays as it was.',
    place: { product: product.id },
    cause: thrown,
  });
}
