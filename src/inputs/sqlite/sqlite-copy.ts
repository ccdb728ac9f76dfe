/**
 * A copy of a SQLite database as it was at one moment, while others write to it.
 *
 * SQLite keeps writers apart by locks that only machine code can take. A copy needs none:
 *
 * Without a write-ahead log, a writer keeps what it overwrites in a journal until it has committed. So the copy is that of a moment when
 * no journal is in use before and after it, and the file did not change in between. Times of files are coarse, so it must not have
 * changed for SETTLE_MS before, either: a later change then has another time.
 * With one, the log must not have begun anew meanwhile (its header is the same). Then every page that was moved from the log into the
 * database is still in the log, which is copied last; pages that are not in the log did not change; and SQLite reads the copied log up to
 * its last whole commit.
 */
import { constants } from 'node:fs';
import { copyFile, mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { systemClock } from '../../base/clock.ts';
import { WharfError } from '../../base/errors.ts';
import { randomName } from '../../base/random.ts';
import type { CaptureContext } from '../../kit/input.ts';
import { type FoundFile, isAbsence, systemError } from '../file/find-files.ts';
import { LOG, lookAtFiles, type SqliteFiles } from './sqlite-files.ts';
import './errors.ts';

const SETTLE_MS = 50;
const TRIES_MAX = 100;
/** Of the database and its log together. */
const COPY_BYTES_MAX = 20_000_000_000;

/** In a folder of its own, for the caller to remove with `removeCopy`. Throws SQLITE_MISSING, SQLITE_TOO_LARGE, SQLITE_BUSY, FILE_UNREADABLE. */
export async function copyOfMoment(
  { path: source, name, size }: FoundFile,
  { temporaryFolder, signal }: Pick<CaptureContext, 'temporaryFolder' | 'signal'>,
): Promise<string> {
  if (size > COPY_BYTES_MAX)
    throw new WharfError(
      'SQLITE_TOO_LARGE',
      `"${name}" has ${size} bytes, more than the ${COPY_BYTES_MAX} that are copied.`,
      { hint: 'Have its owner write what is wanted into a smaller file, and read that one.' },
    );
  const copy = path.join(temporaryFolder, `sqlite-${randomName()}`, 'copy.db');
  try {
    for (let tries = 0; tries < TRIES_MAX; tries++) {
      signal.throwIfAborted();
      if (await copyOnce(source, copy, signal)) return copy;
    }
  } catch (thrown) {
    await removeCopy(copy);
    throw isAbsence(thrown) ? missing(name) : systemError(name, thrown);
  }
  await removeCopy(copy);
  throw new WharfError(
    'SQLITE_BUSY',
    `"${name}" was in the middle of a change each of ${TRIES_MAX} times that it was looked at.`,
    {
      hint: 'It is tried again by itself. With "pragma journal_mode=wal" a database is copied while it is written to. What a writer left that is gone (a file that ends in "-journal") is undone by any program of SQLite that opens the database.',
      place: { file: name },
    },
  );
}

export function missing(name: string): WharfError {
  return new WharfError('SQLITE_MISSING', `The database "${name}" is not there.`, {
    hint: 'It is looked for again by itself; correct "path" if it has another name.',
    place: { file: name },
  });
}

export async function removeCopy(copy: string): Promise<void> {
  await rm(path.dirname(copy), { recursive: true, force: true });
}

/** False when the files changed meanwhile. */
async function copyOnce(source: string, copy: string, signal: AbortSignal): Promise<boolean> {
  await removeCopy(copy);
  await mkdir(path.dirname(copy));
  const before = await lookAtFiles(source);
  if (before.logHeader === '') {
    // The times of files are those of the machine's own clock.
    await systemClock.sleep(SETTLE_MS, signal);
    if (before.inTransaction || !isSame(before, await lookAtFiles(source))) return false;
  }
  await copyFile(source, copy, constants.COPYFILE_FICLONE);
  if (before.logHeader !== '' && !(await copied(source + LOG, copy + LOG))) return false;
  const after = await lookAtFiles(source);
  return before.logHeader === '' ? isSame(before, after) : isSameLog(before, after);
}

function isSame(one: SqliteFiles, other: SqliteFiles): boolean {
  const isStill = one.mark === other.mark && one.inTransaction === other.inTransaction;
  return isStill && one.logHeader === other.logHeader;
}

function isSameLog(one: SqliteFiles, other: SqliteFiles): boolean {
  return one.logHeader === other.logHeader && one.inode === other.inode;
}

async function copied(from: string, to: string): Promise<boolean> {
  try {
    await copyFile(from, to, constants.COPYFILE_FICLONE);
    return true;
  } catch (thrown) {
    if (isAbsence(thrown)) return false;
    throw thrown;
  }
}
