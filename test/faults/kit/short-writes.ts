/** Writes that take a part of what they are given, which is no error: by a library that is loaded before all others, and compiled here. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { packageRoot } from '../../../src/base/entry.ts';
import { type RunningChild, startChild } from '../../../src/journal/children/start-child.ts';

const SOURCE = path.join(packageRoot, 'test', 'faults', 'kit', 'children', 'short-writes.c');

export class ShortWrites {
  readonly #library: string;
  readonly #folder: string;

  private constructor(library: string, folder: string) {
    this.#library = library;
    this.#folder = folder;
  }

  /** Undefined where there is no C compiler, or no way to load a library first. */
  static build(folder: string): ShortWrites | undefined {
    if (process.platform !== 'linux') return undefined;
    const library = path.join(folder, 'short-writes.so');
    const { status } = spawnSync('cc', ['-shared', '-fPIC', '-O1', '-o', library, SOURCE, '-ldl']);
    return status === 0 ? new ShortWrites(library, folder) : undefined;
  }

  /** How many writes to files one process of a run makes, at most. */
  async count(script: string, args: readonly string[]): Promise<number> {
    const told = path.join(this.#folder, 'writes');
    await this.start(script, args, 0, { WHARF_SHORT_COUNT: told }).ended;
    const counts = readdirSync(this.#folder)
      .filter((name) => name.startsWith('writes.'))
      .map((name) => Number(readFileSync(path.join(this.#folder, name), 'utf8')));
    return Math.max(0, ...counts);
  }

  /** Starts the script; in each of its processes the N-th write comes short. */
  start(
    script: string,
    args: readonly string[],
    when: number,
    more: Readonly<Record<string, string>> = {},
  ): RunningChild {
    const env = { ...process.env, ...more, LD_PRELOAD: this.#library, WHARF_SHORT_AT: String(when) };
    return startChild(process.execPath, [script, ...args], { env });
  }
}
