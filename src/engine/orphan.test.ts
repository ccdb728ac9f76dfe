import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { expect, it } from 'vitest';
import { packageRoot } from '../base/entry.ts';
import { codeOf } from '../base/errors.ts';
import { randomName } from '../base/random.ts';

/** The statement alone would take hours. */
const PATIENCE_MS = 60_000;

/** A program that starts an engine, prints its process, and keeps it busy. */
const STARTER = `
  import { readFileSync } from 'node:fs';
  import { silentLog } from './src/base/log.ts';
  import { startEngine } from './src/engine/start-engine.ts';
  const engine = startEngine({ role: 'trusted', temporaryFolder: process.argv[2], memoryMb: 128, threads: 2, log: silentLog });
  await engine.run('select 1');
  console.log(readFileSync('/proc/self/task/' + process.pid + '/children', 'utf8').trim());
  await engine.run('select count(*) from range(100000000000) a(i), range(1000) b(j) where (a.i * b.j) % 7 = 3');
`;

it('leaves no engine running when the server is killed', async () => {
  const folder = path.join(packageRoot, 'dist', `orphan-${randomName()}`);
  mkdirSync(folder, { recursive: true });
  try {
    const outfile = path.join(folder, 'starter.mjs');
    const stdin = { contents: STARTER, resolveDir: packageRoot, loader: 'ts' as const };
    await build({ stdin, outfile, bundle: true, format: 'esm', platform: 'node', packages: 'external' });
    const spill = mkdtempSync(path.join(os.tmpdir(), 'wharf-orphan-'));
    const starter = spawn(process.execPath, [outfile, spill], { stdio: ['ignore', 'pipe', 'inherit'] });
    const engine = await new Promise<number>((resolve) => {
      starter.stdout.once('data', (text) => resolve(Number(text)));
    });
    expect(isRunning(engine)).toBe(true);
    starter.kill('SIGKILL');
    await expect.poll(() => isRunning(engine), { timeout: PATIENCE_MS }).toBe(false);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    if (codeOf(error) === 'ESRCH') return false;
    throw error;
  }
}
