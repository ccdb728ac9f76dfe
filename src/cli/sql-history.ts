/** Lines that were typed at `wharf sql`, kept for the next time in a file that only their author may read. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { codeOf } from '../base/errors.ts';

/** `$XDG_STATE_HOME/wharf/sql-history`, else under `~/.local/state`. */
export function historyFile(env: NodeJS.ProcessEnv = process.env): string {
  const base = env.XDG_STATE_HOME ?? path.join(env.HOME ?? os.homedir(), '.local', 'state');
  return path.join(base, 'wharf', 'sql-history');
}

/** The newest first. None where there is no file, or none that can be read. */
export async function readHistory(file: string = historyFile()): Promise<string[]> {
  try {
    return (await readFile(file, 'utf8')).split('\n').filter((line) => line !== '');
  } catch (error) {
    // A history is a convenience: where it cannot be kept, there is none.
    if (codeOf(error) === undefined) throw error;
    return [];
  }
}

export function writeHistory(lines: readonly string[], file: string = historyFile()): void {
  try {
    mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(file, `${lines.join('\n')}\n`, { mode: 0o600 });
  } catch (error) {
    if (codeOf(error) === undefined) throw error;
  }
}
