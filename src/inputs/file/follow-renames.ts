import type { FileStates } from './file-cursor.ts';
import type { FoundFile } from './find-files.ts';

/**
 * Moves what is known of a file to its new name, as a rotation of logs gives it (`app.log` -> `app.log.1`).
 *
 * An inode may also have been given to another file meanwhile, so the names in the answer are guesses: where the beginning
 * then turns out to be another one, the file is a new file.
 */
export function followRenames(files: readonly FoundFile[], states: FileStates): ReadonlySet<string> {
  const inodeNow = new Map(files.map((file) => [file.name, file.inode]));
  const nameByInode = new Map([...states].map(([name, state]) => [state.inode, name]));
  const moves = files.flatMap((file) => {
    const from = nameByInode.get(file.inode);
    const state = from === undefined ? undefined : states.get(from);
    const moved =
      state && from !== file.name && inodeNow.get(from ?? '') !== file.inode && state.offset <= file.size;
    return moved ? [{ from, to: file.name, state }] : [];
  });
  for (const { from } of moves) if (from !== undefined) states.delete(from);
  for (const { to, state } of moves) states.set(to, state);
  return new Set(moves.map(({ to }) => to));
}
