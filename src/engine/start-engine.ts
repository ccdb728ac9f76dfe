import path from 'node:path';
import { type Clock, systemClock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import { ChildEngine } from './child-engine.ts';
import type { Engine } from './engine.ts';
import './errors.ts';
import { PROCESS_TASKS_MAX } from './limits.ts';

export interface StartEngineOptions {
  /** Names the process; engines of both roles run SQL that can be trusted. */
  readonly role: 'trusted' | 'reader';
  /** A folder for this engine alone. The engine spills into `spill/` in it, which is emptied at start and removed on close. */
  readonly temporaryFolder: string;
  /** What the engine's data may take; the process itself takes some 100 MB more. */
  readonly memoryMb: number;
  readonly threads: number;
  /** Tasks after which a process is followed by a new one at once. */
  readonly tasksMax?: number;
  readonly log: Log;
  readonly clock?: Clock;
}

/** An engine in a process of its own, which starts with the first call. */
export function startEngine(options: StartEngineOptions): Engine {
  const { role, memoryMb, threads, log, clock = systemClock, tasksMax = PROCESS_TASKS_MAX } = options;
  const spillFolder = path.join(options.temporaryFolder, 'spill');
  return new ChildEngine({ settings: { role, spillFolder, memoryMb, threads }, tasksMax, clock, log });
}
