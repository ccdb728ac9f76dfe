/** For tests: an engine of the current sources. */
import { mkdirSync, mkdtempSync, renameSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { entryFile, packageRoot } from '../base/entry.ts';
import { silentLog } from '../base/log.ts';
import { randomName } from '../base/random.ts';
import type { Engine } from './engine.ts';
import { type StartEngineOptions, startEngine } from './start-engine.ts';

/**
 * Builds the engine's program into `dist/`, as `scripts/build.mjs` does. Files are replaced as a whole, because the
 * tests of several folders run at the same time.
 */
export async function buildEngineProgram(): Promise<void> {
  const { outputFiles } = await build({
    entryPoints: { 'engine-child': path.join(packageRoot, 'src/engine/child/engine-child.ts') },
    outdir: path.dirname(entryFile('engine-child')),
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    write: false,
    logLevel: 'warning',
  });
  for (const output of outputFiles.reverse()) {
    mkdirSync(path.dirname(output.path), { recursive: true });
    const temporary = `${output.path}.${randomName()}`;
    writeFileSync(temporary, output.contents);
    renameSync(temporary, output.path);
  }
}

/** An engine with a temporary folder of its own; close it at the end of the test. */
export async function startTestEngine(options: Partial<StartEngineOptions> = {}): Promise<Engine> {
  await buildEngineProgram();
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
