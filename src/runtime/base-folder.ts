import { createRequire } from 'node:module';
import path from 'node:path';
import { WharfError } from '../base/errors.ts';
import type { Connection, ExternalInput, Mesh } from '../spec/model.ts';
import './errors.ts';

/** The folder that an input's relative paths start from: the mesh's own, or that of the connection it names. */
export function baseFolderOf(mesh: Mesh, input: ExternalInput): string {
  const name = input.options.connection;
  if (name === undefined) return mesh.folder;
  const connection = mesh.connections.find((c) => c.name === name);
  if (!connection) throw new Error(`Invariant broken: the connection "${String(name)}" passed the check`);
  return connectionFolder(mesh, connection);
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
