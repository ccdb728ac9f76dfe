/**
 * The web pages: one shell for every address that a person may open, and the files that it loads. What a page shows it gets from the
 * same addresses as programs do; the shell itself says nothing of any product, so it is the same for everybody.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { packageRoot } from '../../base/entry.ts';
import { WharfError } from '../../base/errors.ts';
import '../errors.ts';

/** No address but this server's, no script or style within the page. */
const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'self'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml; charset=utf-8',
  '.woff2': 'font/woff2',
};

/** Addresses that nothing but a page answers at. */
const PAGES = ['/explore', '/lineage', '/quality', '/operate', '/access'];
/** Addresses that say the same to programs: the list of products, a product, and its information ports. */
const SHARED_PAGES = /^\/(?:p\/[^/]+(?:\/v\d+(?:\/(?:quality|lineage|rejects|chart))?)?\/?)?$/;

export function webPages(app: FastifyInstance, folder = path.join(packageRoot, 'dist', 'web')): void {
  const shell = readShell(folder);
  const files = readAssets(path.join(folder, 'assets'));

  app.addHook('onRequest', async (request, reply) => {
    if (!isPage(request)) return;
    reply.header('Vary', 'Accept');
    return sendShell(request, reply, shell);
  });

  for (const page of PAGES) app.get(page, (request, reply) => sendShell(request, reply, shell));

  app.get('/assets/:file', async (request, reply) => {
    const asset = files.get((request.params as { file: string }).file);
    if (!asset)
      throw new WharfError('PATH_UNKNOWN', `There is no file "${request.url}" among those of the pages.`, {
        hint: 'Load the page again: it may be of an earlier version.',
      });
    const encoding = encodingOf(request, asset);
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
  readonly encodings: readonly string[];
}

function isPage(request: FastifyRequest): boolean {
  if (request.method !== 'GET' && request.method !== 'HEAD') return false;
  if (!/\btext\/html\b/.test(request.headers.accept ?? '')) return false;
  const address = request.url.split('?')[0] ?? '';
  return SHARED_PAGES.test(address);
}

function sendShell(request: FastifyRequest, reply: FastifyReply, shell: Shell | undefined): FastifyReply {
  if (!shell)
    throw new WharfError('PAGES_NOT_BUILT', 'The web pages have not been built.', {
      hint: 'Build them with: npm run build. Everything that they show is also served as JSON.',
    });
  reply
    .header('Content-Security-Policy', PAGE_POLICY)
    .header('Cache-Control', 'no-cache')
    .header('ETag', shell.tag)
    .type('text/html; charset=utf-8');
  if (request.headers['if-none-match'] === shell.tag) return reply.code(304).send();
  return reply.send(shell.html);
}

interface Shell {
  readonly html: string;
  readonly tag: string;
}

function readShell(folder: string): Shell | undefined {
  const file = path.join(folder, 'index.html');
  if (!existsSync(file)) return undefined;
  const html = readFileSync(file, 'utf8');
  // The names of the files in it are made from their content, so they stand for it.
  const names = [...html.matchAll(/assets\/([^"]+)/g)].map(([, name]) => name);
  return { html, tag: `"${names.join('-')}"` };
}

/** Only what was built is ever served, whatever a path says. */
function readAssets(folder: string): ReadonlyMap<string, Asset> {
  if (!existsSync(folder)) return new Map();
  const names = new Set(readdirSync(folder));
  const assets = [...names].flatMap((name): [string, Asset][] => {
    const type = MEDIA_TYPES[path.extname(name)];
    if (!type) return [];
    const encodings = ['br', 'gzip'].filter((encoding) => names.has(`${name}.${encoding}`));
    return [[name, { path: path.join(folder, name), type, encodings }]];
  });
  return new Map(assets);
}

function encodingOf(request: FastifyRequest, asset: Asset): string | undefined {
  const accepted = String(request.headers['accept-encoding'] ?? '');
  return asset.encodings.find((encoding) =>
    new RegExp(`\\b${encoding}\\b(?!;\\s*q=0(?:\\.0*)?(?:,|$))`).test(accepted),
  );
}
