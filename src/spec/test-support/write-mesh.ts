import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

/** Writes texts by path into a new temporary folder and gives the folder; whoever asked removes it. */
export async function writeMesh(files: ReadonlyMap<string, string | Uint8Array>): Promise<string> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'wharf-mesh-'));
  const folders = new Set([...files.keys()].map((file) => path.join(folder, path.dirname(file))));
  for (const below of folders) await mkdir(below, { recursive: true });
  for (const [file, content] of files) await writeFile(path.join(folder, file), content);
  return folder;
}
