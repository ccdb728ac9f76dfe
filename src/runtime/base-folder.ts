import { createRequire } from 'node:module';
import path from 'node:path';
import { present } from '../base/assert.ts';
import { WharfError } from '../base/errors.ts';
import type { Connection, ExternalInput, Mesh } from '../spec/model.ts';
import './errors.ts';

/** The folder that an input's relative paths start from: the mesh's own, or that of the connection it names. */
export function baseFolderOf(mesh: Mesh, input: ExternalInput): string {
  return folderOf(mesh, input.options);
}

/** The mesh's own folder, unless the options name a connection that is a folder. */
export function folderOf(mesh: Mesh, options: Readonly<Record<string, unknown>>): string {
  const connection = connectionOf(mesh, options);
  return connection?.type === 'folder' ? connectionFolder(mesh, connection) : mesh.folder;
}

/** The connection that the options of an input or delivery name; undefined when they name none. */
export function connectionOf(mesh: Mesh, options: Readonly<Record<string, unknown>>): Connection | undefined {
  const name = options.connection;
  if (name === undefined) return undefined;
  return present(
    mesh.connections.find((c) => c.name === name),
    'a connection that is named passed the check',
  );
}

function connectionFolder(mesh: Mesh, connection: Connection): string {
  const { package: packageName, path: folder } = connection.options;
  if (typeof packageName === 'string') return packageFolder(mesh, packageName);
  return path.resolve(mesh.folder, String(folder));
}

/** The folder of an installed npm package, found from the mesh, else from Wharf itself. Its `exports` do not matter. */
function packageFolder(mesh: Mesh, name: string): string {
  for (const from of [path.join(mesh.folder, 'mesh.yaml'), import.meta.url]) {
    for (const modules of createRequire(from).resolve.paths(name) ?? []) {
      const folder = path.join(modules, name);
      if (isPackage(folder)) return folder;
    }
  }
  throw new WharfError('SPEC_INVALID', `The npm package "${name}" of a connection is not installed.`, {
    hint: `npm install ${name}`,
  });
}

function isPackage(folder: string): boolean {
  try {
    createRequire(import.meta.url)(path.join(folder, 'package.json'));
    return true;
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND') return false;
    throw thrown;
  }
}
