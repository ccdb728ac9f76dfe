/**
 * An answer as a Parquet file. Its end tells where everything is, so nothing of it can go out before all of it is there: the engine
 * writes it to the one path of the guest's own folder that it may write to, and it is read from there, page by page.
 */
import { type FileHandle, open, rm, stat } from 'node:fs/promises';
import { codeOf, WharfError } from '../../base/errors.ts';
import '../errors.ts';
import type { GuestPage } from '../guest-messages.ts';
import { GUEST_PAGE_BYTES } from '../limits.ts';

const WATCH_MS = 100;

export class ParquetAnswer {
  readonly #file: string;
  readonly #handle: FileHandle;
  #left: number;

  private constructor(file: string, handle: FileHandle, bytes: number) {
    this.#file = file;
    this.#handle = handle;
    this.#left = bytes;
  }

  /** `write` has the engine write the file; `stop` ends that when it grows beyond `bytesMax`. Throws SQL_FAILED, and what `write` throws. */
  static async write(
    file: string,
    bytesMax: number,
    write: () => Promise<void>,
    stop: () => void,
  ): Promise<ParquetAnswer> {
    let isTooLarge = false;
    const look = async () => {
      isTooLarge ||= (await sizeOf(file)) > bytesMax;
      if (isTooLarge) stop();
    };
    const watch = setInterval(() => void look(), WATCH_MS);
    try {
      await write();
      await look();
      if (isTooLarge) throw tooLarge(bytesMax);
    } catch (error) {
      await rm(file, { force: true });
      throw isTooLarge ? tooLarge(bytesMax) : error;
    } finally {
      clearInterval(watch);
    }
    return new ParquetAnswer(file, await open(file, 'r'), await sizeOf(file));
  }

  async page(): Promise<GuestPage> {
    const bytes = Buffer.allocUnsafe(Math.min(this.#left, GUEST_PAGE_BYTES));
    const { bytesRead } = await this.#handle.read(bytes, 0, bytes.length);
    this.#left -= bytesRead;
    return { bytes: bytes.subarray(0, bytesRead), rows: 0, done: this.#left === 0 || bytesRead === 0 };
  }

  async close(): Promise<void> {
    await this.#handle.close();
    await rm(this.#file, { force: true });
  }
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return 0;
    throw error;
  }
}

function tooLarge(bytesMax: number): WharfError {
  return new WharfError('SQL_FAILED', `The Parquet file would be larger than ${bytesMax} bytes.`, {
    hint: 'Ask for Arrow, which is streamed, or for the files of the product.',
    details: { sqlState: '54000' },
  });
}
