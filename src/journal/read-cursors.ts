import { damageError } from './damage.ts';
import { afterPrefix, cursorKey, nameOf } from './keys.ts';
import type { KeyFile } from './lmdb-file.ts';
import { openEntry } from './sealed-entry.ts';

const CURSOR_KEYS_PAGE = 256;

/** The value of a sealed entry; undefined when there is none. Throws JOURNAL_DAMAGED. */
export function readEntry(file: Pick<KeyFile, 'path' | 'get'>, key: Buffer, what: string): unknown {
  const entry = file.get(key);
  if (entry === undefined) return undefined;
  const opened = openEntry(key, entry);
  if (opened === undefined) throw damageError({ file: file.path }, `the checksum of ${what} does not fit`);
  return opened.value;
}

export function readCursor(file: Pick<KeyFile, 'path' | 'get'>, key: Buffer): unknown {
  return readEntry(file, key, `the cursor of "${nameOf(key)}"`);
}

/** Page by page; a cursor that is set or removed while somebody reads may be seen or not. */
export function* readCursors(
  file: Pick<KeyFile, 'path' | 'get' | 'keys'>,
  prefix: string,
): Generator<{ readonly task: string; readonly value: unknown }> {
  const before = afterPrefix(cursorKey(prefix));
  let from = cursorKey(prefix);
  for (;;) {
    const keys = file.keys(from, before, CURSOR_KEYS_PAGE);
    for (const key of keys) {
      const value = readCursor(file, key);
      if (value !== undefined) yield { task: nameOf(key), value };
    }
    const last = keys.at(-1);
    if (last === undefined || keys.length < CURSOR_KEYS_PAGE) return;
    from = Buffer.concat([last, Buffer.of(0)]);
  }
}
