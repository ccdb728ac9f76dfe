/** Makes sure that a run is the one that was written, before its first use in this process. */
import { stat } from 'node:fs/promises';
import { codeOf, WharfError } from '../base/errors.ts';
import { fileChecksum } from '../base/files.ts';

export interface CheckedFile {
  readonly path: string;
  readonly bytes: number;
  readonly crc: number;
}

export class RunChecker {
  readonly #checks = new Map<string, Promise<void>>();

  /** A file that this process has just written and summed. */
  trust(path: string): void {
    this.#checks.set(path, Promise.resolve());
  }

  forget(path: string): void {
    this.#checks.delete(path);
  }

  /** Every file whose path begins so is read again before its next use. */
  forgetAll(prefix: string): void {
    for (const path of this.#checks.keys()) if (path.startsWith(prefix)) this.#checks.delete(path);
  }

  /** Rejects with RUN_DAMAGED. A file is read once; then the answer is kept. */
  check(file: CheckedFile): Promise<void> {
    const known = this.#checks.get(file.path);
    if (known) return known;
    const check = checkFile(file);
    this.#checks.set(file.path, check);
    return check;
  }
}

async function checkFile(file: CheckedFile): Promise<void> {
  const bytes = await sizeOf(file.path);
  if (bytes === undefined) throw damaged(file, 'it is missing');
  if (bytes !== file.bytes) throw damaged(file, `expected ${file.bytes} bytes, found ${bytes}`);
  const crc = await fileChecksum(file.path);
  if (crc !== file.crc) throw damaged(file, `expected the checksum ${hex(file.crc)}, found ${hex(crc)}`);
}

async function sizeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size;
  } catch (thrown) {
    if (codeOf(thrown) === 'ENOENT') return undefined;
    throw thrown;
  }
}

function damaged(file: CheckedFile, what: string): WharfError {
  return new WharfError('RUN_DAMAGED', `The run "${file.path}" is damaged: ${what}.`, {
    hint: "Restore the file from a backup with the same name, or remove the product's data and capture it again; then start Wharf again.",
    place: { file: file.path },
    details: { path: file.path },
  });
}

function hex(crc: number): string {
  return crc.toString(16).padStart(8, '0');
}
