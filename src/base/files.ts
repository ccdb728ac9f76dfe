/** File operations that must survive a crash: every one says what is on disk when it returns. */
import { closeSync, fsyncSync, openSync } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { crc32 } from 'node:zlib';

/** Makes a folder's entries durable, so that a created or renamed file is found after a power cut. */
export function syncFolder(folder: string): void {
  const fd = openSync(folder, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** Makes a written file durable, contents and name. */
export async function syncFile(file: string): Promise<void> {
  const handle = await open(file, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
  syncFolder(path.dirname(file));
}

/** Replaces a file as a whole: after a crash there is the old content or the new, never a part. */
export async function writeFileAtomically(file: string, content: string | Uint8Array): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}.tmp`;
  const handle = await open(temporary, 'w');
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(temporary, file);
  syncFolder(path.dirname(file));
}

/** Removes a file; its absence is fine. */
export async function removeFile(file: string): Promise<void> {
  await rm(file, { force: true });
}

const CHECKSUM_CHUNK_BYTES = 1 << 20;

/** The CRC-32 of a whole file, read in chunks. */
export async function fileChecksum(file: string): Promise<number> {
  const handle = await open(file, 'r');
  try {
    const chunk = Buffer.allocUnsafe(CHECKSUM_CHUNK_BYTES);
    let sum = 0;
    for (;;) {
      const { bytesRead } = await handle.read(chunk, 0, chunk.length);
      if (bytesRead === 0) return sum;
      sum = crc32(chunk.subarray(0, bytesRead), sum);
    }
  } finally {
    await handle.close();
  }
}
