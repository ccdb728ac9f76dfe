/**
 * Validates a batch in which upserts and deletes stand side by side: each kind under its own contract, and put together again in the
 * order in which the source had them.
 */
import type { CaptureBatch } from '../../kit/input.ts';
import type { Dataset } from '../../schema/field.ts';
import type { SliceReject, SliceVerdict } from '../../schema/slice.ts';
import type { ValidationPool } from '../validation/validation-pool.ts';

const LINE_FEED = 0x0a;

export interface BatchVerdict extends SliceVerdict {
  /** Which of the accepted documents are deletes, ascending. */
  readonly deletes: readonly number[];
}

export async function validateBatch(
  pool: Pick<ValidationPool, 'validate'>,
  dataset: Dataset,
  batch: CaptureBatch,
): Promise<BatchVerdict> {
  const { bytes, framing, place, deletes = [] } = batch;
  const validate = (op: 'upsert' | 'delete', part: Uint8Array) =>
    pool.validate(dataset, op, { bytes: part, framing, line: place.line });
  if (deletes.length === 0) return { ...(await validate('upsert', bytes)), deletes: [] };
  if (framing.format !== 'ndjson')
    throw new Error('Invariant broken: deletes come in batches of one JSON document a line');
  const lines = linesOf(bytes);
  const isDelete = new Set(deletes);
  const parts = (['upsert', 'delete'] as const).map((op) => {
    const indices = lines.flatMap((_, i) => (isDelete.has(i) === (op === 'delete') ? [i] : []));
    return { op, indices, bytes: Buffer.concat(indices.map((i) => lines[i] as Uint8Array)) };
  });
  const verdicts = await Promise.all(
    parts.map(async (part) => judged(part.indices, await validate(part.op, part.bytes), place.line)),
  );
  return together(lines.length, verdicts as [Judged, Judged]);
}

interface Judged {
  /** The accepted documents by their index in the batch. */
  readonly documents: ReadonlyMap<number, Uint8Array>;
  readonly rejects: readonly SliceReject[];
}

function judged(indices: readonly number[], verdict: SliceVerdict, line: number): Judged {
  const documents = new Map<number, Uint8Array>();
  linesOf(verdict.accepted).forEach((document, i) => {
    documents.set(indices[verdict.indices?.[i] ?? i] as number, document);
  });
  const rejects = verdict.rejects.map((reject) => {
    const index = indices[reject.index] as number;
    return { ...reject, index, line: line + index };
  });
  return { documents, rejects };
}

function together(count: number, [upserts, deletes]: readonly [Judged, Judged]): BatchVerdict {
  const accepted: Uint8Array[] = [];
  const indices: number[] = [];
  const deleted: number[] = [];
  for (let i = 0; i < count; i++) {
    const gone = deletes.documents.get(i);
    const document = gone ?? upserts.documents.get(i);
    if (!document) continue;
    if (gone) deleted.push(accepted.length);
    accepted.push(document);
    indices.push(i);
  }
  const rejects = [...upserts.rejects, ...deletes.rejects].sort((a, b) => a.index - b.index);
  return {
    accepted: Buffer.concat(accepted),
    count: accepted.length,
    indices: accepted.length === count ? undefined : indices,
    rejects,
    deletes: deleted,
  };
}

/** With their line feeds. */
function linesOf(bytes: Uint8Array): Uint8Array[] {
  const lines: Uint8Array[] = [];
  for (let start = 0; start < bytes.length; ) {
    const end = bytes.indexOf(LINE_FEED, start);
    const next = end < 0 ? bytes.length : end + 1;
    lines.push(bytes.subarray(start, next));
    start = next;
  }
  return lines;
}
