import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { Engine } from '../../engine/engine.ts';
import type { Journal } from '../../journal/journal.ts';
import type { Store } from '../../store/store.ts';
import type { ShortTurns } from '../derive/short-turns.ts';
import type { Published } from '../published.ts';
import type { RejectLog } from '../rejects/reject-log.ts';
import type { Tracer } from '../tracing/tracer.ts';
import type { ValidationPool } from '../validation/validation-pool.ts';

/** What every task of the platform works with. */
export interface Services {
  readonly journal: Journal;
  /** Up to where consumers, derived products among them, may see each stream. */
  readonly published: Published;
  readonly store: Store;
  readonly pool: ValidationPool;
  readonly rejects: RejectLog;
  /** Runs Wharf's own SQL and the products' transforms. */
  readonly engine: Engine;
  /** Cycles of derived products take turns. */
  readonly turns: ShortTurns;
  readonly clock: Clock;
  /** Follows what tasks do; records nothing unless that is wanted. */
  readonly tracer: Tracer;
  readonly log: Log;
  /** For files that need not survive a restart; emptied at start. */
  readonly temporaryFolder: string;
}
