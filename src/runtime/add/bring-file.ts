/** Brings what is to be added into the mesh folder, because a mesh only reads what is inside it. */
import { createWriteStream, existsSync } from 'node:fs';
import { copyFile, mkdir, realpath, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { formatBytes } from '../../base/duration.ts';
import { messageOf, WharfError } from '../../base/errors.ts';
import './errors.ts';

const DOWNLOAD_BYTES_MAX = 4_000_000_000;
const DOWNLOAD_DEADLINE_MS = 3_600_000;
const DATA_FOLDER = 'data';

export interface BroughtFile {
  readonly absolute: string;
  /** From the mesh folder, with `/`. */
  readonly relative: string;
  /** How it got there: it was there already, was copied from elsewhere, or fetched. */
  readonly how: 'inside' | 'copied' | 'fetched';
}

export function isUrl(source: string): boolean {
  return /^https?:\/\//i.test(source);
}

export async function bringFile(folder: string, source: string): Promise<BroughtFile> {
  return isUrl(source) ? fetchFile(folder, source) : takeFile(folder, source);
}

async function takeFile(folder: string, source: string): Promise<BroughtFile> {
  const found = await stat(source).catch(() => undefined);
  if (!found?.isFile()) {
    throw new WharfError('ADD_NOT_A_FILE', `"${source}" is not a file.`, {
      hint: 'Name a file, or a URL that begins with http:// or https://.',
    });
  }
  const absolute = await realpath(source);
  const relative = path.relative(await realpath(folder), absolute);
  if (!relative.startsWith('..') && !path.isAbsolute(relative))
    return { absolute, relative: slashed(relative), how: 'inside' };
  const target = await newDataFile(folder, path.basename(absolute));
  await copyFile(absolute, target);
  return { absolute: target, relative: slashed(path.relative(folder, target)), how: 'copied' };
}

async function fetchFile(folder: string, url: string): Promise<BroughtFile> {
  const name = path.posix.basename(new URL(url).pathname) || 'download';
  const target = await newDataFile(folder, name.replaceAll(/[^A-Za-z0-9._-]/g, '-'));
  const partial = `${target}.part`;
  try {
    await download(url, partial);
    await rename(partial, target);
  } catch (thrown) {
    await rm(partial, { force: true });
    if (thrown instanceof WharfError) throw thrown;
    throw new WharfError('ADD_FETCH_FAILED', `"${url}" could not be fetched: ${messageOf(thrown)}.`, {
      cause: thrown,
    });
  }
  return { absolute: target, relative: slashed(path.relative(folder, target)), how: 'fetched' };
}

async function download(url: string, file: string): Promise<void> {
  const response = await fetch(url, { signal: AbortSignal.timeout(DOWNLOAD_DEADLINE_MS) });
  if (!response.ok || !response.body) {
    throw new WharfError('ADD_FETCH_FAILED', `"${url}" answered ${response.status} ${response.statusText}.`, {
      hint: 'Open it in a browser to see what it gives.',
    });
  }
  await pipeline(
    bounded(response.body as AsyncIterable<Uint8Array>, url),
    createWriteStream(file, { flags: 'wx' }),
  );
}

export async function* bounded(chunks: AsyncIterable<Uint8Array>, url: string): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > DOWNLOAD_BYTES_MAX)
      throw new WharfError('ADD_TOO_LARGE', `"${url}" is larger than ${formatBytes(DOWNLOAD_BYTES_MAX)}.`);
    yield chunk;
  }
}

async function newDataFile(folder: string, name: string): Promise<string> {
  const target = path.join(folder, DATA_FOLDER, name);
  if (existsSync(target)) {
    throw new WharfError('ADD_EXISTS', `"${target}" is there already.`, {
      hint: `Add that file, or remove it: wharf add ${DATA_FOLDER}/${name}`,
    });
  }
  await mkdir(path.dirname(target), { recursive: true });
  return target;
}

function slashed(file: string): string {
  return file.replaceAll(path.sep, '/');
}
