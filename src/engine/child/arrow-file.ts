import { type FileHandle, open, rm } from 'node:fs/promises';
import { ARROW_BATCH_BYTES, ARROW_BATCH_ROWS } from '../limits.ts';
import { ArrowPages } from './arrow-pages.ts';
import type { WholeStream } from './whole-stream.ts';

/**
 * Writes a query's rows as an Arrow IPC stream; of a query that fails there is no file. Memory holds one batch: rows are
 * gathered until ARROW_BATCH_ROWS or ARROW_BATCH_BYTES, written, and their buffers used again. `proceed` is called
 * between chunks and may throw.
 */
export async function writeArrowFile(stream: WholeStream, file: string, proceed: () => void): Promise<void> {
  const handle = await open(file, 'w', 0o600);
  try {
    await writeBatches(stream, handle, proceed);
  } catch (error) {
    await rm(file, { force: true });
    throw error;
  } finally {
    await handle.close();
  }
}

async function writeBatches(stream: WholeStream, handle: FileHandle, proceed: () => void): Promise<void> {
  const names = stream.columns.map(({ name }) => name);
  const pages = new ArrowPages(
    names,
    stream.columns.map(({ type }) => type),
  );
  for await (const chunk of stream.chunks(proceed)) {
    pages.write(chunk, 0, chunk.rowCount);
    if (pages.rows >= ARROW_BATCH_ROWS || pages.bytes >= ARROW_BATCH_BYTES)
      await handle.writeFile(pages.take(false));
  }
  await handle.writeFile(pages.take(true));
}
