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
  /** The dataset has no record yet, and no key is staged twice: all that is staged is new. */
  readonly isFirst?: boolean;
  /** Committed with the last records, or alone when nothing differs. */
  readonly cursors: readonly CursorUpdate[];
}

export async function applyDifference(
  request: DifferenceRequest,
): Promise<{ upserts: number; deletes: number }> {
  const out = `${request.staged}.difference`;
  try {
    const { stream, dataset, staged, deletes } = request;
    if (request.isFirst) return { upserts: await journalFile(request, staged, 0), deletes: 0 };
    const counts = await request.store.difference({ stream, dataset: dataset.name, staged, deletes, out });
    await journalFile(request, out, counts.deletes);
    return counts;
  } finally {
    await rm(out, { force: true });
  }
}

/** Deletes stand first in the file. Returns how many lines it has. */
async function journalFile(request: DifferenceRequest, file: string, deletes: number): Promise<number> {
  let deletesLeft = deletes;
  let lines = 0;
  let waiting: LineChunk | undefined;
  for await (const chunk of readLineChunks(file, CHUNK_BYTES)) {
    if (waiting) deletesLeft -= await commitChunk(request, waiting, deletesLeft, []);
    lines += chunk.count;
    waiting = chunk;
  }
  crashPoint('capture.before-last-difference');
  if (waiting) await commitChunk(request, waiting, deletesLeft, request.cursors);
  else await request.journal.commit({ cursors: request.cursors });
  return lines;
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
