import { rmSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { packageRoot } from '../../../src/base/entry.ts';
import { randomName } from '../../../src/base/random.ts';

/** Scripts of `children/`, and one that the store's own tests kill, too. */
const ENTRIES = {
  'find-wrong': 'test/faults/kit/children/find-wrong.ts',
  'flush-until-killed': 'src/store/children/flush-until-killed.ts',
  'read-stores': 'test/faults/kit/children/read-stores.ts',
  'scripted-store': 'test/faults/kit/children/scripted-store.ts',
} as const;

/** Builds a script where it finds the packages and the engine's own entry. `remove` takes it away again. */
export async function buildKitChild(
  name: keyof typeof ENTRIES,
): Promise<{ readonly file: string; readonly remove: () => void }> {
  const folder = path.join(packageRoot, 'dist', `faults-${randomName()}`);
  const file = path.join(folder, 'child.mjs');
  await build({
    entryPoints: [path.join(packageRoot, ENTRIES[name])],
    outfile: file,
    bundle: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    logLevel: 'error',
  });
  return { file, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
