/** Copies journaled blocks into files that the engine can load: one a dataset, a record a line. */
import { type FileHandle, open } from 'node:fs/promises';
import { assert } from '../base/assert.ts';
import { removeFile } from '../base/files.ts';
import type { Block, Journal } from '../journal/journal.ts';
import { ENVELOPE_BYTES, writeEnvelopes } from '../schema/envelope.ts';

export interface StagedDataset {
  readonly dataset: string;
  readonly path: string;
  readonly rows: number;
  /** No line of the file is longer. */
  readonly lineBytesMax: number;
  /** Positions of the first and last record. */
  readonly first: number;
  readonly last: number;
  readonly timeFromUs: number;
  readonly timeToUs: number;
}

export interface Staged {
  /** The last position of the blocks that were staged. */
  readonly through: number;
  readonly datasets: readonly StagedDataset[];
}

export interface StageRequest {
  readonly journal: Journal;
  readonly stream: string;
  readonly from: number;
  readonly to: number;
  /** Staging ends with the block that reaches it. */
  readonly bytesMax: number;
  readonly temporaryFile: (suffix: string) => string;
}

interface OpenFile {
  readonly handle: FileHandle;
  staged: StagedDataset;
}

/** Throws JOURNAL_DAMAGED, POSITION_TRIMMED. The files are the caller's to remove by `unstage`. */
export async function stageBlocks(request: StageRequest): Promise<Staged> {
  const files = new Map<string, OpenFile>();
  let through: number;
  try {
    through = await copyBlocks(request, files);
  } catch (error) {
    await closeAll(files);
    await unstage([...files.values()].map((file) => file.staged));
    throw error;
  }
  await closeAll(files);
  assert(through >= request.from, 'the journal holds a block for every position from its tail to its head');
  return { through, datasets: [...files.values()].map((file) => file.staged) };
}

export async function unstage(datasets: readonly StagedDataset[]): Promise<void> {
  for (const { path } of datasets) await removeFile(path);
}

async function copyBlocks(request: StageRequest, files: Map<string, OpenFile>): Promise<number> {
  let through = request.from - 1;
  let bytes = 0;
  for (const block of request.journal.read(request.stream, request.from, request.to)) {
    await appendBlock(files, block, request.temporaryFile);
    through = block.last;
    bytes += block.body.length;
    if (bytes >= request.bytesMax) break;
  }
  return through;
}

async function closeAll(files: ReadonlyMap<string, OpenFile>): Promise<void> {
  for (const { handle } of files.values()) await handle.close();
}

async function appendBlock(
  files: Map<string, OpenFile>,
  block: Block,
  temporaryFile: (suffix: string) => string,
): Promise<void> {
  let file = files.get(block.dataset);
  if (!file) {
    const path = temporaryFile('ndjson');
    file = { handle: await open(path, 'w', 0o600), staged: emptyStaged(block, path) };
    files.set(block.dataset, file);
  }
  await file.handle.appendFile(writeEnvelopes(block));
  file.staged = {
    ...file.staged,
    rows: file.staged.rows + (block.last - block.first + 1),
    lineBytesMax: Math.max(file.staged.lineBytesMax, block.body.length + ENVELOPE_BYTES),
    last: block.last,
    timeToUs: block.timeUs,
  };
}

function emptyStaged(block: Block, path: string): StagedDataset {
  const { dataset, first, timeUs } = block;
  return {
    dataset,
    path,
    rows: 0,
    lineBytesMax: 0,
    first,
    last: first,
    timeFromUs: timeUs,
    timeToUs: timeUs,
  };
}
