import type { Clock } from '../../base/clock.ts';
import type { FoundFile } from './find-files.ts';

interface Seen {
  readonly size: number;
  readonly mtimeMs: number;
  readonly sinceMs: number;
}

/** Knows how long files have not changed: by their own times, or by ours where their clock goes wrong. */
export class QuietTimes {
  readonly #clock: Clock;
  /** As many as the input has unfinished files. */
  readonly #seen = new Map<string, Seen>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  quietMs(file: FoundFile): number {
    const nowMs = this.#clock.nowMs();
    const { size, mtimeMs } = file;
    const known = this.#seen.get(file.name);
    const seen =
      known?.size === size && known.mtimeMs === mtimeMs ? known : { size, mtimeMs, sinceMs: nowMs };
    this.#seen.set(file.name, seen);
    return nowMs - Math.min(mtimeMs, seen.sinceMs);
  }

  forget(file: FoundFile): void {
    this.#seen.delete(file.name);
  }
}
