import { type Dirent, promises as fs } from 'node:fs';
import path from 'node:path';
import picomatch from 'picomatch';
import { codeOf, messageOf, WharfError } from '../../base/errors.ts';
import { naturalOrder } from './natural-order.ts';
import './errors.ts';

/** A file as it was when it was looked at. */
export interface FoundFile {
  /** Relative to the base folder, with `/`: as people know it. */
  readonly name: string;
  /** Absolute. */
  readonly path: string;
  readonly size: number;
  readonly mtimeMs: number;
  readonly inode: number;
}

/** Files that one input may have. */
export const FILES_MAX = 10_000;
/** Entries of folders that are looked at for one glob. */
export const ENTRIES_MAX = 500_000;
const STATS_AT_ONCE = 32;

/**
 * The files that the paths match: paths in their order, the files of a glob in the natural order of their names, each
 * file once. Names that begin with a dot are left out unless the glob has the dot. Folders that are links are not entered.
 * Throws FILE_TOO_MANY, FILE_OUTSIDE, FILE_UNREADABLE.
 */
export async function findFiles(baseFolder: string, paths: readonly string[]): Promise<FoundFile[]> {
  const base = await realFolder(baseFolder);
  if (base === undefined) return [];
  const named = new Map<string, Named>();
  for (const pattern of paths) {
    for (const one of await namesOf(base, path.posix.normalize(pattern))) {
      if (!named.has(one.name)) named.set(one.name, one);
    }
    if (named.size > FILES_MAX) tooMany(paths);
  }
  const found = await inBatches([...named.values()], (one) => look(base, one));
  return found.filter((file) => file !== undefined);
}

/** A name that matches; `plain` when nothing on the way to it below the base folder is a link. */
interface Named {
  readonly name: string;
  readonly plain: boolean;
}

async function realFolder(folder: string): Promise<string | undefined> {
  try {
    return await fs.realpath(folder);
  } catch (thrown) {
    if (isAbsence(thrown)) return undefined;
    throw unreadable(folder, thrown);
  }
}

async function namesOf(base: string, pattern: string): Promise<Named[]> {
  const scan = picomatch.scan(pattern);
  if (!scan.isGlob) return [{ name: pattern, plain: false }];
  const start = await realFolder(path.join(base, scan.base));
  if (start === undefined) return [];
  const plainStart = start === path.join(base, scan.base, '.') && isInside(base, start);
  const matches = picomatch(pattern);
  const named: Named[] = [];
  const folders = [scan.base];
  let entries = 0;
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const entry of await entriesOf(base, folder)) {
      if (++entries > ENTRIES_MAX) tooMany([pattern]);
      const name = path.posix.join(folder, entry.name);
      if (entry.isDirectory()) {
        const mayMatch = pattern.includes('**') || depthOf(name) < depthOf(pattern);
        if (mayMatch && !entry.name.startsWith('.')) folders.push(name);
      } else if (matches(name)) named.push({ name, plain: plainStart && entry.isFile() });
    }
  }
  return named.sort((a, b) => naturalOrder(a.name, b.name));
}

const depthOf = (name: string): number => name.split('/').length;

async function entriesOf(base: string, folder: string): Promise<Dirent[]> {
  try {
    return await fs.readdir(path.join(base, folder), { withFileTypes: true });
  } catch (thrown) {
    if (isAbsence(thrown)) return [];
    throw unreadable(folder, thrown);
  }
}

/** What stands under the name now; undefined when that is not a file. */
async function look(base: string, { name, plain }: Named): Promise<FoundFile | undefined> {
  const file = path.join(base, name);
  try {
    if (!plain) checkInside(base, name, await fs.realpath(file));
    const stat = await fs.stat(file);
    if (!stat.isFile()) return undefined;
    return { name, path: file, size: stat.size, mtimeMs: stat.mtimeMs, inode: stat.ino };
  } catch (thrown) {
    if (thrown instanceof WharfError) throw thrown;
    if (isAbsence(thrown)) return undefined;
    throw unreadable(name, thrown);
  }
}

function isInside(base: string, real: string): boolean {
  return real === base || real.startsWith(base + path.sep);
}

function checkInside(base: string, name: string, real: string): void {
  if (isInside(base, real)) return;
  throw new WharfError('FILE_OUTSIDE', `"${name}" leads to "${real}", outside of "${base}".`, {
    hint: 'Keep the file in the folder, or name its own folder as a connection.',
    place: { file: name },
  });
}

async function inBatches<A, B>(items: readonly A[], work: (item: A) => Promise<B>): Promise<B[]> {
  const results: B[] = [];
  for (let i = 0; i < items.length; i += STATS_AT_ONCE) {
    results.push(...(await Promise.all(items.slice(i, i + STATS_AT_ONCE).map(work))));
  }
  return results;
}

export function isAbsence(thrown: unknown): boolean {
  const code = codeOf(thrown);
  return code === 'ENOENT' || code === 'ENOTDIR';
}

/** What to throw for something thrown while a file was read: our own errors as they are, the system's explained. */
export function systemError(name: string, thrown: unknown): unknown {
  const system = !(thrown instanceof WharfError) && thrown instanceof Error && 'syscall' in thrown;
  return system ? unreadable(name, thrown) : thrown;
}

function unreadable(name: string, cause: unknown): WharfError {
  return new WharfError('FILE_UNREADABLE', `"${name}" cannot be read: ${messageOf(cause)}.`, {
    hint: 'Look at the permissions of the file and of the folders above it.',
    place: { file: name },
    cause,
  });
}

function tooMany(paths: readonly string[]): never {
  throw new WharfError('FILE_TOO_MANY', `"${paths.join(', ')}" matches more than ${FILES_MAX} files.`, {
    hint: 'Join small files, or move those that were read to another folder.',
    details: { filesMax: FILES_MAX, entriesMax: ENTRIES_MAX },
  });
}
