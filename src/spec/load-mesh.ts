import { stat } from 'node:fs/promises';
import path from 'node:path';
import { codeOf } from '../base/errors.ts';
import type { Declarations } from '../schema/options.ts';
import type { Availability } from './availability.ts';
import { checkFiles } from './check-mesh.ts';
import type { Diagnostic } from './diagnostic.ts';
import type { Mesh } from './model.ts';
import { findSpecFiles } from './source/find-spec-files.ts';
import { DiskFiles, MemoryFiles } from './source/mesh-files.ts';

export interface LoadedMesh {
  /** Frozen; undefined when there is any error. */
  readonly mesh: Mesh | undefined;
  /** All problems of the whole mesh, ordered by place. */
  readonly diagnostics: Diagnostic[];
  /** The text of each spec file by its path relative to the folder, for drawing places. */
  readonly sources: ReadonlyMap<string, string>;
}

export interface LoadOptions {
  /** What counts as built; what this version has built when left out. */
  readonly availability?: Availability;
}

/**
 * Reads and checks the mesh in a folder: `mesh.yaml` and every `*.product.yaml` below it.
 * Never throws for what the folder holds, nor when it is not there.
 */
export async function loadMesh(
  folder: string,
  declarations: Declarations,
  options: LoadOptions = {},
): Promise<LoadedMesh> {
  const absolute = path.resolve(folder);
  const checkOptions = { declarations, ...options };
  if (!(await isFolder(absolute))) {
    const { diagnostics } = checkFiles([], new MemoryFiles(new Map()), checkOptions);
    return { mesh: undefined, diagnostics, sources: new Map() };
  }
  const found = await findSpecFiles(absolute);
  const { mesh, diagnostics } = checkFiles(found, new DiskFiles(absolute), checkOptions);
  const sources = new Map<string, string>();
  for (const file of found) if (file.text !== undefined) sources.set(file.path, file.text);
  return { mesh, diagnostics, sources };
}

async function isFolder(folder: string): Promise<boolean> {
  try {
    return (await stat(folder)).isDirectory();
  } catch (thrown) {
    if (codeOf(thrown) === undefined) throw thrown;
    return false;
  }
}
