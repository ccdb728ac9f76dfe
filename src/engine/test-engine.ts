/** For tests: an engine of the current sources. */
import { existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
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

/** Ids of the child processes of this one, from the operating system. */
export function childProcesses(): number[] {
  const task = '/proc/self/task';
  return readdirSync(task).flatMap((thread) => childrenOf(path.join(task, thread, 'children')));
}

function childrenOf(file: string): number[] {
  return existsSync(file) ? readFileSync(file, 'utf8').split(' ').filter(Boolean).map(Number) : [];
}
