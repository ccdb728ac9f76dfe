import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { codeOf } from '../base/errors.ts';
import { damageError } from './damage.ts';

/** Where LMDB's two meta pages hold what tells them: offsets within the page, little-endian on all supported machines. */
const FLAGS_AT = 18;
const MAGIC_AT = 24;
const VERSION_AT = 28;
const PAGE_BYTES_AT = 48;
const LAST_PAGE_AT = 144;
const TRANSACTION_AT = 152;
const HEADER_BYTES = 160;
const META_FLAG = 0x08;
const MAGIC = 0xbeef_c0de;
const DATA_VERSION = 2;
const PAGE_BYTES_MIN = 512;
const PAGE_BYTES_MAX = 65_536;
/** More than can be mapped: the library would fail to, and end the process. */
const PAGES_MAX = 2n ** 34n;

/**
 * Throws JOURNAL_DAMAGED for a file that is not LMDB's. Looked at before the library opens it, because the library ends the
 * process when it has to close what it could not open. A file that is missing or empty is fine: it will be made.
 */
export function checkLmdbHeader(file: string): void {
  const first = readAt(file, 0);
  if (first === undefined || first.length === 0) return;
  const pageBytes = pageBytesOf(file, first, 'first');
  pageBytesOf(file, readAt(file, pageBytes) ?? Buffer.alloc(0), 'second');
  const { size } = statSync(file);
  // The library maps both pages, and reads behind the end of the file.
  if (size < 2 * pageBytes)
    throw damageError({ file }, `it has ${size} bytes; expected ${2 * pageBytes} at least`);
}

/**
 * True for a file whose making was cut short, by a write that took one of its two first pages: it never held a record. The first transaction
 * writes the format and stands in the second page, and each later one of an even number replaces the first page, which still has number 0.
 */
export function isUnfinished(file: string): boolean {
  const first = readAt(file, 0);
  if (first?.length !== HEADER_BYTES) return false;
  return (
    statSync(file).size < 2 * pageBytesOf(file, first, 'first') &&
    first.readBigUInt64LE(TRANSACTION_AT) === 0n
  );
}

function pageBytesOf(file: string, header: Buffer, which: string): number {
  const isMeta =
    header.length === HEADER_BYTES &&
    (header.readUInt16LE(FLAGS_AT) & META_FLAG) !== 0 &&
    header.readUInt32LE(MAGIC_AT) === MAGIC &&
    (header.readUInt32LE(VERSION_AT) & 0xffff) === DATA_VERSION &&
    header.readBigUInt64LE(LAST_PAGE_AT) < PAGES_MAX;
  const pageBytes = isMeta ? header.readUInt32LE(PAGE_BYTES_AT) : 0;
  if (pageBytes >= PAGE_BYTES_MIN && pageBytes <= PAGE_BYTES_MAX) return pageBytes;
  throw damageError({ file }, `its ${which} page does not begin as that of a journal`);
}

function readAt(file: string, offset: number): Buffer | undefined {
  let fd: number;
  try {
    fd = openSync(file, 'r');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const header = Buffer.alloc(HEADER_BYTES);
    return header.subarray(0, readSync(fd, header, 0, HEADER_BYTES, offset));
  } finally {
    closeSync(fd);
  }
}
