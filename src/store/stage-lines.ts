import { open } from 'node:fs/promises';
import { readLineChunks } from '../base/line-file.ts';
import { writeEnvelopes } from '../schema/envelope.ts';

const CHUNK_BYTES = 1024 * 1024;
/** Staged documents have no time; envelopes hold one of 16 digits. */
const NO_TIME_US = 1_000_000_000_000_000;

/** Copies a file of documents, one a line, so that the engine can load it: the position of a document is its line, from 1. */
export async function stageLines(documents: string, envelopes: string): Promise<void> {
  const handle = await open(envelopes, 'w', 0o600);
  try {
    let first = 1;
    for await (const { bytes, count } of readLineChunks(documents, CHUNK_BYTES)) {
      const block = { first, last: first + count - 1, timeUs: NO_TIME_US, body: bytes, deletes: [] };
      await handle.appendFile(writeEnvelopes(block));
      first += count;
    }
  } finally {
    await handle.close();
  }
}
