/**
 * Brings a product's state to what was staged, by journaling only what differs.
 *
 * The difference is taken against the state, so a crash between two of its commits is harmless: the source is then read
 * and compared again, and what was journaled already no longer differs. Only the last commit moves the cursors.
 */
import { rm } from 'node:fs/promises';
import { crashPoint } from '../../base/crash-points.ts';
import { type LineChunk, readLineChunks } from '../../base/line-file.ts';
import type { Append, CursorUpdate, Journal } from '../../journal/journal.ts';
import type { Dataset } from '../../schema/field.ts';
import type { Store } from '../../store/store.ts';

const CHUNK_BYTES = 1024 * 1024;

export interface DifferenceRequest {
  readonly journal: Journal;
  readonly store: Store;
  readonly stream: string;
  readonly dataset: Dataset;
  /** NDJSON in journal form. */
  readonly staged: string;
  /** Delete the keys that are not staged. */
  readonly deletes: boolean;
  /** Committed with the last records, or alone when nothing differs. */
  readonly cursors: readonly CursorUpdate[];
}

export async function applyDifference(
  request: DifferenceRequest,
): Promise<{ upserts: number; deletes: number }> {
  const out = `${request.staged}.difference`;
  try {
    const { stream, dataset, staged, deletes } = request;
    const counts = await request.store.difference({ stream, dataset: dataset.name, staged, deletes, out });
    await journalDifference(request, out, counts.deletes);
    return counts;
  } finally {
    await rm(out, { force: true });
  }
}

async function journalDifference(request: DifferenceRequest, file: string, deletes: number): Promise<void> {
  let deletesLeft = deletes;
  let waiting: LineChunk | undefined;
  for await (const chunk of readLineChunks(file, CHUNK_BYTES)) {
    if (waiting) deletesLeft -= await commitChunk(request, waiting, deletesLeft, []);
    waiting = chunk;
  }
  crashPoint('capture.before-last-difference');
  if (waiting) await commitChunk(request, waiting, deletesLeft, request.cursors);
  else await request.journal.commit({ cursors: request.cursors });
}

/** Returns how many of the chunk's records were deletes. */
async function commitChunk(
  request: DifferenceRequest,
  chunk: LineChunk,
  deletesLeft: number,
  cursors: readonly CursorUpdate[],
): Promise<number> {
  const deletes = Math.min(deletesLeft, chunk.count);
  const append: Append = {
    stream: request.stream,
    dataset: request.dataset.name,
    count: chunk.count,
    body: chunk.bytes,
    deletes: Array.from({ length: deletes }, (_, i) => i),
  };
  await request.journal.commit({ appends: [append], cursors });
  return deletes;
}
