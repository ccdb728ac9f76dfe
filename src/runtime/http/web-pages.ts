/**
 * The web pages: one shell for every address that a person may open, and the files that it loads. What a page shows it gets from the
 * same addresses as programs do; the shell itself says nothing of any product, so it is the same for everybody.
 */
import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { FastifyInstance } from 'fastify';
import { packageRoot } from '../../base/entry.ts';
import { WharfError } from '../../base/errors.ts';
import '../errors.ts';
import { isPage } from './is-page.ts';
import { readShell, sendShell } from './page-shell.ts';
import { takesEncoding } from './takes-encoding.ts';

export const PAGES_FOLDER = path.join(packageRoot, 'dist', 'web');

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml; charset=utf-8',
  '.woff2': 'font/woff2',
};

/** Addresses that nothing but a page answers at. */
const PAGES = ['/explore', '/lineage', '/quality', '/operate', '/access'];

/** Somebody signs in on a page, so it is there before. */
const OPEN = { config: { saysNothing: true } };

export function webPages(app: FastifyInstance, folder = PAGES_FOLDER): void {
  const shell = readShell(path.join(folder, 'index.html'));
  const files = readAssets(path.join(folder, 'assets'));

  app.addHook('onRequest', async (request, reply) => {
    if (!isPage(request)) return;
    reply.header('Vary', 'Accept');
    return sendShell(request, reply, shell);
  });

  for (const page of PAGES) app.get(page, OPEN, (request, reply) => sendShell(request, reply, shell));

  app.get('/assets/:file', OPEN, async (request, reply) => {
    const asset = files.get((request.params as { file: string }).file);
    if (!asset)
      throw new WharfError('PATH_UNKNOWN', `There is no file "${request.url}" among those of the pages.`, {
        hint: 'Load the page again: it may be of an earlier version.',
      });
    const encoding = asset.encodings.find((each) => takesEncoding(request, each));
    reply
      .header('Vary', 'Accept-Encoding')
      .header('Cache-Control', 'public, max-age=31536000, immutable')
      .type(asset.type);
    if (encoding) reply.header('Content-Encoding', encoding);
    return reply.send(await readFile(encoding ? `${asset.path}.${encoding}` : asset.path));
  });
}

interface Asset {
  readonly path: string;
  readonly type: string;
  readonly encodings: readonly ('br' | 'gzip')[];
}

/** Only what was built is ever served, whatever a path says. */
function readAssets(folder: string): ReadonlyMap<string, Asset> {
  if (!existsSync(folder)) return new Map();
  const names = new Set(readdirSync(folder));
  const assets = [...names].flatMap((name): [string, Asset][] => {
    const type = MEDIA_TYPES[path.extname(name)];
    if (!type) return [];
    const encodings = (['br', 'gzip'] as const).filter((encoding) => names.has(`${name}.${encoding}`));
    return [[name, { path: path.join(folder, name), type, encodings }]];
  });
  return new Map(assets);
}
