/** One cycle of a derived product up to what must be journaled: the query over its inputs, compared with its own state, validated. */
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { WharfError } from '../../base/errors.ts';
import { LineFile } from '../../base/line-file.ts';
import { randomName } from '../../base/random.ts';
import { sqlProblemOf } from '../../engine/failure-error.ts';
import { SMALL_BYTES_MAX } from '../../engine/limits.ts';
import type { Append } from '../../journal/journal.ts';
import { columnsOf, type Field } from '../../schema/field.ts';
import type { SliceReject } from '../../schema/slice.ts';
import type { Product } from '../../spec/model.ts';
import type { Relation } from '../../store/store.ts';
import type { Derivation } from './derivation.ts';
import { tellStatements } from './derive-progress.ts';
import { type DerivedDifference, partInFile, partInMemory, type Rows } from './derived-difference.ts';
import { type DifferencePart, differenceSql, differenceStepsSql } from './difference-sql.ts';
import './errors.ts';
import type { NearChange } from './near-step.ts';
import type { OpenChange } from './opened.ts';
import { type DifferenceChunk, readDifference, readParts } from './read-difference.ts';
import { rejectChanges } from './typescript-rejects.ts';

/** A query is given up after this. */
const DERIVE_DEADLINE_MS = 30 * 60_000;

/** Documents in journal form, one a line. */
interface FilePart {
  readonly file: string;
  readonly count: number;
}

/** Where a difference is written: all of it, or part by part. */
interface AnswerFiles {
  readonly answer: string;
  readonly parts: Readonly<Record<DifferencePart, string>>;
}

export interface Computed {
  readonly open: () => Promise<OpenChange>;
  /** A first answer, or that of a changed query. */
  readonly isBackfill: boolean;
}

/**
 * `open` gives what to compare the state with; it is released here.
 * Throws DERIVED_KEY_TWICE, DERIVED_ROW_INVALID, DERIVED_FAILED, which name what to do about it, and what engine and store throw.
 * The caller removes the files.
 */
export async function computeDifference(
  derivation: Derivation,
  computed: Computed,
  signal: AbortSignal,
): Promise<DerivedDifference> {
  const base = path.join(derivation.services.temporaryFolder, `derive-${randomName()}`);
  const files = {
    answer: `${base}.answer`,
    parts: { repeated: `${base}.repeated`, gone: `${base}.gone`, changed: `${base}.changed` },
    deletes: `${base}.deletes`,
    upserts: `${base}.upserts`,
  };
  const remove = async () => {
    const { parts, ...others } = files;
    const all = [...Object.values(parts), ...Object.values(others), `${files.upserts}.changed`];
    await Promise.all(all.map((file) => rm(file, { force: true })));
  };
  try {
    const { difference, alongside } = await runQuery(derivation, computed, files, signal);
    const { deletes, upserts } = await sortOut(derivation, difference, files);
    const changed = upserts.count > 0 ? await withoutEqualJson(derivation, upserts) : upserts;
    return {
      deletes: partInFile(deletes.file, deletes.count),
      upserts: partInFile(changed.file, changed.count),
      alongside,
      remove,
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** What was found by look-ups, validated. Throws DERIVED_ROW_INVALID. */
export async function validDifference(
  derivation: Derivation,
  { deletes, upserts }: NearChange,
): Promise<DerivedDifference> {
  const valid = upserts.count === 0 ? upserts : await validRows(derivation, upserts.bytes, 1);
  return {
    deletes: partInMemory(deletes),
    upserts: partInMemory(valid),
    alongside: [],
    remove: async () => undefined,
  };
}

/** Writes the difference; returns it, and what is to be journaled beside it. */
async function runQuery(
  derivation: Derivation,
  { open, isBackfill }: Computed,
  files: AnswerFiles,
  signal: AbortSignal,
): Promise<{ readonly difference: AsyncIterable<DifferenceChunk>; readonly alongside: readonly Append[] }> {
  const { services, product, plan, onProgress } = derivation;
  const [change, state] = await openBoth(open(), openState(derivation));
  try {
    const compared = change.against(state);
    const { setup, written } = compared;
    const isSmall = change.bytes + state.bytes <= SMALL_BYTES_MAX;
    // Over a state that is there already, one statement takes a third less; a backfill is what somebody waits for, and wants to be told of.
    const isInSteps = isBackfill && change.isWhole && !isSmall && written !== 'added';
    const write = isInSteps
      ? differenceStepsSql(plan.dataset, { ...compared, written }, files.parts)
      : [differenceSql(plan.dataset, compared, files.answer)];
    await services.engine.run([...setup, ...write], {
      deadlineMs: DERIVE_DEADLINE_MS,
      signal,
      // Little may become much in a query over all that there is.
      small: isSmall && !change.isWhole,
      ...(change.isWhole && onProgress && { onProgress: tellStatements(onProgress, setup.length + 1) }),
    });
    const { failures, failedBefore } = change;
    return {
      difference: isInSteps ? readParts(files.parts) : readDifference(files.answer),
      alongside: derivation.typescript ? await rejectChanges(services, product, failures, failedBefore) : [],
    };
  } catch (thrown) {
    throw queryFailed(product, thrown);
  } finally {
    state.release();
    await change.release();
  }
}

/** The product's own state, as far as it is journaled. */
function openState({ services, product, plan }: Derivation): Promise<Relation> {
  return services.store.snapshot(product.id, plan.dataset.name, services.journal.head(product.id));
}

/** Each waits for the engine, so they are opened side by side; when one fails, the other is let go. */
async function openBoth(
  change: Promise<OpenChange>,
  state: Promise<Relation>,
): Promise<readonly [OpenChange, Relation]> {
  const [changed, own] = await Promise.allSettled([change, state]);
  if (changed.status === 'fulfilled' && own.status === 'fulfilled') return [changed.value, own.value];
  if (changed.status === 'fulfilled') await changed.value.release();
  if (own.status === 'fulfilled') own.value.release();
  throw changed.status === 'rejected' ? changed.reason : (own as PromiseRejectedResult).reason;
}

/** The parts of the difference, each in a file of its own; the rows are validated. */
async function sortOut(
  derivation: Derivation,
  difference: AsyncIterable<DifferenceChunk>,
  files: { readonly deletes: string; readonly upserts: string },
): Promise<{ readonly deletes: FilePart; readonly upserts: FilePart }> {
  const deletes = await LineFile.create(files.deletes);
  const upserts = await LineFile.create(files.upserts);
  try {
    for await (const { part, bytes, count } of difference) {
      if (part === 'repeated') throw keyTwice(derivation.product, Buffer.from(bytes).toString());
      if (part === 'gone') await deletes.append(bytes, count);
      else {
        const valid = await validRows(derivation, bytes, upserts.lines + 1);
        await upserts.append(valid.bytes, valid.count);
      }
    }
    return {
      deletes: { file: files.deletes, count: deletes.lines },
      upserts: { file: files.upserts, count: upserts.lines },
    };
  } finally {
    await deletes.close();
    await upserts.close();
  }
}

/** `line` is the first one's number. */
async function validRows(
  { services, product, plan }: Derivation,
  bytes: Uint8Array,
  line: number,
): Promise<Rows> {
  const slice = { bytes, framing: { format: 'ndjson' } as const, line };
  const { rejects, accepted, count } = await services.pool.validate(plan.dataset, 'upsert', slice);
  const [reject] = rejects;
  if (reject) throw rowInvalid(product, reject, rejects.length);
  return { bytes: accepted, count };
}

/** Validation may write JSON in a shorter way than the query did; what then equals the state is no difference. */
async function withoutEqualJson(
  { services, product, plan }: Derivation,
  upserts: FilePart,
): Promise<FilePart> {
  // What is added, or put in the place of a deleted row, is written whatever it equals.
  if (plan.mode === 'reduce' || !columnsOf(plan.dataset).some(holdsJson)) return upserts;
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

/** `line` is what the engine wrote; the key's text is taken from it as it stands. */
function keyTwice(product: Product, line: string): WharfError {
  const [, key = '', times = ''] = /^\{"key":(.*),"times":(\d+)\}\s*$/.exec(line) ?? [];
  return new WharfError(
    'DERIVED_KEY_TWICE',
    `The transform of ${product.id} gives ${times} rows with the key ${key}; it must give one.`,
    {
      hint: 'Group or filter until one row is left of each key, or add what tells the rows apart to the key. The product stays as it was.',
      place: { product: product.id },
      details: { key },
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
