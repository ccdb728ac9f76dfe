/** A folder as one file: a line of JSON for each of its files, compressed. */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';

interface Entry {
  readonly path: string;
  readonly base64: string;
}

/** `isKept` is asked of paths below the folder, with `/`. */
export async function packFolder(
  folder: string,
  file: string,
  isKept: (entry: string) => boolean,
): Promise<void> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = found
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, '/'))
    .filter(isKept)
    .sort();
  const lines: string[] = [];
  for (const each of paths) {
    const entry: Entry = { path: each, base64: (await readFile(path.join(folder, each))).toString('base64') };
    lines.push(`${JSON.stringify(entry)}\n`);
  }
  await writeFile(file, gzipSync(lines.join(''), { level: 9 }));
}

export async function unpackFolder(file: string, folder: string): Promise<void> {
  const text = gunzipSync(await readFile(file)).toString('utf8');
  for (const line of text.split('\n').filter((each) => each !== '')) {
    const entry = JSON.parse(line) as Entry;
    const target = path.join(folder, entry.path);
    await mkdir(path.dirname(target), { recursive: true });
    await writeFile(target, Buffer.from(entry.base64, 'base64'));
  }
}
