import { existsSync } from 'node:fs';
import path from 'node:path';
import { UsageError } from './command.ts';

/** The absolute mesh folder that a command was given, or the current one. */
export function meshFolder(given: string | undefined): string {
  const folder = path.resolve(given ?? '.');
  if (existsSync(path.join(folder, 'mesh.yaml'))) return folder;
  throw new UsageError(
    `There is no mesh.yaml in "${folder}".`,
    'Name the mesh folder, or begin one with: wharf init',
  );
}

/** Where the data of a mesh is kept: as given, else `.wharf` beside the mesh. */
export function dataFolderOf(mesh: string, given: unknown): string {
  return typeof given === 'string' ? path.resolve(given) : path.join(mesh, '.wharf');
}

export const FOLDER_ARGUMENT = {
  name: '[folder]',
  doc: 'the mesh folder (default: the current one)',
} as const;
export const MESH_OPTION = {
  flags: '--mesh <folder>',
  doc: 'the mesh folder (default: the current one)',
} as const;
export const DATA_OPTION = {
  flags: '--data <folder>',
  doc: 'where the data is kept (default: .wharf beside the mesh)',
} as const;
