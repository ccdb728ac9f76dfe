/** The HTML that pages begin as. It says nothing of any product, so it is the same for everybody. */
import { existsSync, readFileSync } from 'node:fs';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { WharfError } from '../../base/errors.ts';
import '../errors.ts';

export interface PageShell {
  readonly html: string;
  readonly tag: string;
}

/** No address but this server's, no script or style within the page. `framers` may show it in a frame: sources of a policy. */
function pagePolicy(framers: readonly string[]): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    `frame-ancestors ${["'self'", ...framers].join(' ')}`,
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');
}

/** Undefined where the pages have not been built. */
export function readShell(file: string): PageShell | undefined {
  if (!existsSync(file)) return undefined;
  const html = readFileSync(file, 'utf8');
  // The names of the files in it are made from their content, so they stand for it.
  const names = [...html.matchAll(/assets\/([^"]+)/g)].map(([, name]) => name);
  return { html, tag: `"${names.join('-')}"` };
}

/** Throws PAGES_NOT_BUILT. */
export function sendShell(
  request: FastifyRequest,
  reply: FastifyReply,
  shell: PageShell | undefined,
  framers: readonly string[] = [],
): FastifyReply {
  if (!shell)
    throw new WharfError('PAGES_NOT_BUILT', 'The web pages have not been built.', {
      hint: 'Build them with: npm run build. Everything that they show is also served as JSON.',
    });
  reply
    .header('Content-Security-Policy', pagePolicy(framers))
    .header('Cache-Control', 'no-cache')
    .header('ETag', shell.tag)
    .type('text/html; charset=utf-8');
  if (request.headers['if-none-match'] === shell.tag) return reply.code(304).send();
  return reply.send(shell.html);
}
