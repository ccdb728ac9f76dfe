import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** Processes and threads of their own; each is built from one file into `dist/`. */
export type EntryName =
  | 'main.cjs'
  | 'engine-child.cjs'
  | 'guest-child.cjs'
  | 'validation-worker.cjs'
  | 'chart-worker.mjs'
  | 'sqlite-worker.cjs'
  | 'transform-child.cjs'
  | 'transform-guest.js';

function findPackageRoot(from: string): string {
  for (let folder = from; ; folder = path.dirname(folder)) {
    const manifest = path.join(folder, 'package.json');
    if (existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).name === 'wharf') return folder;
    if (folder === path.dirname(folder)) throw new Error('Invariant broken: package.json of wharf not found');
  }
}

/** The folder that holds Wharf's own package.json. */
export const packageRoot = findPackageRoot(path.dirname(fileURLToPath(import.meta.url)));

/** The built file that runs as its own process or thread. */
export function entryFile(name: EntryName): string {
  return path.join(packageRoot, 'dist', name);
}

/** The version in Wharf's package.json. */
export const packageVersion: string = JSON.parse(
  readFileSync(path.join(packageRoot, 'package.json'), 'utf8'),
).version;
