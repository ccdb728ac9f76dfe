import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Engine } from '../engine/engine.ts';
import type { Journal } from '../journal/journal.ts';
import type { FilePins } from './file-pins.ts';
import type { StoreLimits } from './limits.ts';
import type { RunChecker } from './run-checker.ts';

/** What all parts of one store share. */
export interface StoreContext {
  /** Durable runs, a folder a stream. */
  readonly runsFolder: string;
  /** Files that nobody needs after a restart; emptied when the store is opened. */
  readonly temporaryFolder: string;
  readonly journal: Journal;
  /** Flushes and merges. */
  readonly writer: Engine;
  /** Answers reads, and is never kept busy by flushes and merges. */
  readonly reader: Engine;
  readonly clock: Clock;
  readonly log: Log;
  readonly limits: StoreLimits;
  readonly pins: FilePins;
  readonly checker: RunChecker;
  /** A path in the temporary folder that was not given before. */
  readonly temporaryFile: (suffix: string) => string;
}
