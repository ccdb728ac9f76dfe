import os from 'node:os';
import path from 'node:path';
import type { Log } from '../base/log.ts';
import type { Engine } from '../engine/engine.ts';
import { startEngine } from '../engine/start-engine.ts';
import { ValidationPool } from './validation/validation-pool.ts';

const WRITER_MEMORY_MB = 384;
const READER_MEMORY_MB = 256;
const VALIDATION_THREADS_MAX = 4;

/** What works for a platform in processes and threads of its own. */
export interface Workers {
  /** Flushes, merges, maps and derives. */
  readonly engine: Engine;
  /** Answers reads. */
  readonly reader: Engine;
  readonly pool: ValidationPool;
}

/** The workers of one platform; whoever starts them closes them. */
export function startWorkers(temporaryFolder: string, log: Log): Workers {
  const threads = Math.max(1, os.availableParallelism());
  const engine = startEngine({
    role: 'trusted',
    temporaryFolder: path.join(temporaryFolder, 'writer'),
    memoryMb: WRITER_MEMORY_MB,
    threads,
    log,
  });
  const reader = startEngine({
    role: 'reader',
    temporaryFolder: path.join(temporaryFolder, 'reader'),
    memoryMb: READER_MEMORY_MB,
    threads,
    log,
  });
  const pool = new ValidationPool({ threads: Math.min(threads, VALIDATION_THREADS_MAX) });
  return { engine, reader, pool };
}
