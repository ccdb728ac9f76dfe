/** The files of a SQLite database as they stand at a moment, as far as that tells whether somebody writes to them. */
import { type FileHandle, open } from 'node:fs/promises';
import { isAbsence } from '../file/find-files.ts';

/** Behind the database's own name: what is rolled back, and the write-ahead log. */
const JOURNAL = '-journal';
export const LOG = '-wal';

/** The header of a database: the counter of its changes and the encoding of its texts are in there. */
const HEADER_BYTES = 100;
const LOG_HEADER_BYTES = 32;
const ENCODING_AT = 56;
const UTF8 = 1;
const MAGIC = 'SQLite format 3\0';

export interface SqliteFiles {
  readonly inode: bigint;
  /** All that shows a change of the database: inode, size, time in nanoseconds, beginning. */
  readonly mark: string;
  /** There is a journal to roll back, should its writer be gone. */
  readonly inTransaction: boolean;
  /** The header of the write-ahead log, which is another one each time that the log begins anew; empty when there is none. */
  readonly logHeader: string;
}

export async function lookAtFiles(file: string): Promise<SqliteFiles> {
  const [main, journal, log] = await Promise.all([
    standing(file),
    beginning(file + JOURNAL, 1),
    beginning(file + LOG, LOG_HEADER_BYTES),
  ]);
  return {
    ...main,
    // A journal that is kept is ended by zeros at its beginning, or by cutting it off.
    inTransaction: journal.some((byte) => byte !== 0),
    logHeader: log.length < LOG_HEADER_BYTES ? '' : log.toString('hex'),
  };
}

/** Why the file is not one that is read; undefined when it is. */
export async function whyUnfit(file: string): Promise<string | undefined> {
  const header = await beginning(file, HEADER_BYTES);
  // A database in which nothing was ever made is an empty file.
  if (header.length === 0) return undefined;
  if (header.length < HEADER_BYTES || header.toString('latin1', 0, MAGIC.length) !== MAGIC)
    return 'is not a SQLite database';
  const encoding = header.readUInt32BE(ENCODING_AT);
  return encoding > UTF8 ? 'holds its texts in UTF-16, and only UTF-8 is read' : undefined;
}

function standing(file: string): Promise<Pick<SqliteFiles, 'inode' | 'mark'>> {
  return withFile(file, { inode: 0n, mark: '' }, async (handle) => {
    const { size, ino, mtimeNs } = await handle.stat({ bigint: true });
    const begins = await firstBytes(handle, HEADER_BYTES);
    return { inode: ino, mark: `${ino} ${size} ${mtimeNs} ${begins.toString('hex')}` };
  });
}

function beginning(file: string, bytes: number): Promise<Buffer> {
  return withFile(file, Buffer.alloc(0), (handle) => firstBytes(handle, bytes));
}

async function firstBytes(handle: FileHandle, bytes: number): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(bytes), 0, bytes, 0);
  return buffer.subarray(0, bytesRead);
}

async function withFile<T>(file: string, absent: T, work: (handle: FileHandle) => Promise<T>): Promise<T> {
  let handle: FileHandle;
  try {
    handle = await open(file, 'r');
  } catch (thrown) {
    if (isAbsence(thrown)) return absent;
    throw thrown;
  }
  try {
    return await work(handle);
  } finally {
    await handle.close();
  }
}
