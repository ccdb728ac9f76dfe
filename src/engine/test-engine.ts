/** For tests: an engine of the current sources. */
import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { silentLog } from '../base/log.ts';
import type { Engine } from './engine.ts';
import { type StartEngineOptions, startEngine } from './start-engine.ts';

/** An engine with a temporary folder of its own; close it at the end of the test. */
export function startTestEngine(options: Partial<StartEngineOptions> = {}): Engine {
  const temporaryFolder = mkdtempSync(path.join(os.tmpdir(), 'wharf-engine-'));
  return startEngine({
    role: 'trusted',
    temporaryFolder,
    memoryMb: 512,
    threads: 2,
    log: silentLog,
    ...options,
  });
}
