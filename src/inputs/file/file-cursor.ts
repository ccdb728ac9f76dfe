import { WharfError } from '../../base/errors.ts';
import { FILES_MAX, type FoundFile } from './find-files.ts';
import './errors.ts';

/** A place in the text of a file: unpacked, and as NDJSON where the file is JSON or columnar. */
export interface Reached {
  /** Bytes that were read. */
  readonly offset: number;
  /** The line (or item) at that place, from 1. */
  readonly line: number;
  /** The CRC-32 of those bytes. */
  readonly crc: number;
  /** The last record that was read had no line feed behind it. */
  readonly open: boolean;
}

/** How far a file was read, and how it looked just before. */
export interface FileState extends Reached {
  readonly size: number;
  readonly mtimeMs: number;
  readonly inode: number;
  /** Everything of the file as it looked then was read. */
  readonly done: boolean;
  /** Records that were replayed, where that is another order than the file's. */
  readonly replayed?: number;
}

const CURSOR_VERSION = 1;

export interface FileCursor {
  readonly version: typeof CURSOR_VERSION;
  readonly files: Readonly<Record<string, FileState>>;
}

export type FileStates = Map<string, FileState>;

export function writeCursor(states: FileStates): FileCursor {
  return { version: CURSOR_VERSION, files: Object.fromEntries(states) };
}

/** Forgets files that are gone, the longest known first, until there is room for those that are there. */
export function forgetGone(states: FileStates, present: readonly FoundFile[]): void {
  const there = new Set(present.map((file) => file.name));
  let count = new Set([...there, ...states.keys()]).size;
  for (const name of states.keys()) {
    if (count <= FILES_MAX) return;
    if (!there.has(name) && states.delete(name)) count -= 1;
  }
}

/** Throws FILE_CURSOR_INVALID. */
export function readCursor(cursor: unknown): FileStates {
  if (cursor === undefined || cursor === null) return new Map();
  const { version, files } = cursor as Partial<FileCursor>;
  if (version !== CURSOR_VERSION || typeof files !== 'object' || !Object.values(files).every(isState)) {
    const shown = JSON.stringify(cursor).slice(0, 200);
    throw new WharfError(
      'FILE_CURSOR_INVALID',
      `The cursor ${shown} is not one of a file input of this version.`,
      {
        hint: 'It was written by another version; start with that one.',
      },
    );
  }
  return new Map(Object.entries(files));
}

function isState(state: FileState): boolean {
  const numbers = [state.offset, state.line, state.crc, state.size, state.mtimeMs, state.inode];
  return numbers.every(Number.isFinite) && typeof state.open === 'boolean' && typeof state.done === 'boolean';
}

/** The state of a file as it looks now, read that far. */
export function stateOf(file: FoundFile, reached: Reached, done: boolean): FileState {
  const { offset, line, crc, open } = reached;
  return { size: file.size, mtimeMs: file.mtimeMs, inode: file.inode, offset, line, crc, open, done };
}

/** The file looks as it did then. */
export function looksSame(file: FoundFile, state: FileState): boolean {
  return file.size === state.size && file.mtimeMs === state.mtimeMs && file.inode === state.inode;
}
