/**
 * Whether a file still begins with what was read of it.
 *
 * The check sum of everything that was read decides. A large file that grows all the time would be summed up again and
 * again, so of one that was summed up once in this process, keeps its inode and grew, only the windows at both ends of
 * what was read are compared. After a restart the whole is compared again.
 */
import { open, stat } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import type { FileState } from './file-cursor.ts';
import type { FoundFile } from './find-files.ts';

/** Up to this size everything is compared each time. */
export const COMPARE_ALL_BYTES_MAX = 16 * 1024 * 1024;
const WINDOW_BYTES = 64 * 1024;
const CHUNK_BYTES = 1024 * 1024;

interface Windows {
  readonly inode: number;
  readonly size: number;
  readonly offset: number;
  readonly crc: number;
  /** Of the first and the last WINDOW_BYTES before the offset. */
  readonly windowsCrc: number;
}

export class SameBeginning {
  /** By file name; as many as the input has files. */
  readonly #windows = new Map<string, Windows>();

  async check(file: FoundFile, state: FileState): Promise<boolean> {
    if (file.size < state.offset) return false;
    const known = this.#windows.get(file.name);
    const usable = known && known.offset === state.offset && known.crc === state.crc;
    if (usable && known.inode === file.inode && file.size > known.size) {
      return (await windowsCrc(file.path, state.offset)) === known.windowsCrc;
    }
    return (await rangeCrc(file.path, 0, state.offset)) === state.crc;
  }

  /** The file was read or compared up to the state, just now. */
  async remember(file: FoundFile, state: FileState): Promise<void> {
    if (state.offset <= COMPARE_ALL_BYTES_MAX) return;
    const { inode, size } = file;
    const { offset, crc } = state;
    const windows = { inode, size, offset, crc, windowsCrc: await windowsCrc(file.path, offset) };
    // Written to since it was looked at: the windows might be those of another content, so nothing is remembered.
    const now = await stat(file.path);
    if (now.ino === inode && now.size === size && now.mtimeMs === file.mtimeMs)
      this.#windows.set(file.name, windows);
  }
}

async function windowsCrc(file: string, offset: number): Promise<number> {
  return rangeCrc(file, offset - WINDOW_BYTES, offset, await rangeCrc(file, 0, WINDOW_BYTES));
}

async function rangeCrc(file: string, from: number, to: number, start = 0): Promise<number> {
  const handle = await open(file, 'r');
  try {
    const chunk = new Uint8Array(Math.min(CHUNK_BYTES, to - from));
    let crc = start;
    for (let at = from; at < to; ) {
      const { bytesRead } = await handle.read(chunk, 0, Math.min(chunk.length, to - at), at);
      if (bytesRead === 0) return -1;
      crc = crc32(chunk.subarray(0, bytesRead), crc);
      at += bytesRead;
    }
    return crc;
  } finally {
    await handle.close();
  }
}
