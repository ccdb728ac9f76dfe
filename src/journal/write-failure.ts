/**
 * What a failed write means: no room, or a disk that can no longer be trusted.
 *
 * LMDB reports a short write as EIO, and a full disk (or a file-size limit) may show itself as a short write. So an EIO is
 * looked at twice: when a scratch file of the same size, at the same offset, cannot be written for lack of room either, it
 * was lack of room. Otherwise it was the disk, and what the page cache shows may not be what the disk holds.
 */
import { open, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { formatBytes } from '../base/duration.ts';
import { codeOf, messageOf, WharfError } from '../base/errors.ts';

const { ENOSPC, EDQUOT, EFBIG, EIO } = os.constants.errno;
const MDB_MAP_FULL = -30_792;
const MDB_TXN_FULL = -30_788;
const NO_ROOM_NUMBERS: readonly number[] = [ENOSPC, EDQUOT, EFBIG, MDB_MAP_FULL, MDB_TXN_FULL];
const NO_ROOM_NAMES: readonly string[] = ['ENOSPC', 'EDQUOT', 'EFBIG'];
const PROBE_CHUNK_BYTES = 1 << 20;

export function fullError(file: string, bytes: number, found: string): WharfError {
  return new WharfError(
    'JOURNAL_FULL',
    `The disk has no room for ${formatBytes(bytes)} more in "${file}": ${found}.`,
    {
      hint: `Free some space ("df -h ${path.dirname(file)}" shows how full it is); then send it again.`,
      details: { file, bytes },
    },
  );
}

export function syncError(file: string, cause: unknown): WharfError {
  return new WharfError(
    'JOURNAL_SYNC_FAILED',
    `The disk failed while "${file}" was written: "${messageOf(cause)}". What was acknowledged before is safe.`,
    {
      hint: 'Check the disk, then restart Wharf; nothing is acknowledged until then.',
      details: { file },
      cause,
    },
  );
}

/** The error to give for a failed write of about `bytes`. */
export async function writeFailure(file: string, bytes: number, cause: unknown): Promise<WharfError> {
  const number = numberOf(cause);
  if (number !== undefined && NO_ROOM_NUMBERS.includes(number))
    return fullError(file, bytes, messageOf(cause));
  if (number === EIO && !(await hasRoom(file, bytes)))
    return fullError(file, bytes, 'the write was cut short');
  return syncError(file, cause);
}

function numberOf(cause: unknown): number | undefined {
  if (typeof cause !== 'object' || cause === null || !('code' in cause)) return undefined;
  return typeof cause.code === 'number' ? cause.code : undefined;
}

/** False only when a file of the same length as `file`, `bytes` more, cannot be written for lack of room. */
async function hasRoom(file: string, bytes: number): Promise<boolean> {
  const scratch = path.join(path.dirname(file), `room-${process.pid}.tmp`);
  try {
    const { size } = await stat(file);
    await fill(scratch, size, bytes);
    return true;
  } catch (error) {
    return !NO_ROOM_NAMES.includes(codeOf(error) ?? '');
  } finally {
    await rm(scratch, { force: true });
  }
}

async function fill(scratch: string, from: number, bytes: number): Promise<void> {
  const handle = await open(scratch, 'w', 0o600);
  try {
    const chunk = Buffer.alloc(Math.min(bytes, PROBE_CHUNK_BYTES));
    for (let done = 0; done < bytes; ) {
      const { bytesWritten } = await handle.write(
        chunk,
        0,
        Math.min(chunk.length, bytes - done),
        from + done,
      );
      done += bytesWritten;
    }
    await handle.datasync();
  } finally {
    await handle.close();
  }
}
