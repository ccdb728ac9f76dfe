import { rmSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { packageRoot } from '../../../src/base/entry.ts';
import { randomName } from '../../../src/base/random.ts';

/** Builds a script of `children/` where it finds the packages and the engine's own entry. `remove` takes it away again. */
export async function buildKitChild(
  name: string,
): Promise<{ readonly file: string; readonly remove: () => void }> {
  const folder = path.join(packageRoot, 'dist', `faults-${randomName()}`);
  const file = path.join(folder, 'child.mjs');
  await build({
    entryPoints: [path.join(packageRoot, 'test', 'faults', 'kit', 'children', `${name}.ts`)],
    outfile: file,
    bundle: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    logLevel: 'error',
  });
  return { file, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
