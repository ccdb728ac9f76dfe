import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { packageRoot } from '../../../src/base/entry.ts';

/** What `wharf verify` finds in a product of a mesh that is served; nothing where the log gives what is shown. */
export function verify(mesh: string, data: string, product: string): string[] {
  const script = path.join(packageRoot, 'bin', 'wharf.js');
  const args = [script, 'verify', product, '--mesh', mesh, '--data', data, '--json'];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  return status === 0 ? [] : [`verify ${product}: ${stdout}${stderr}`];
}
