/**
 * Keeps other web pages out of a server on the loopback: a page that resolves its own name to 127.0.0.1, or posts a form
 * here, shows itself by its Host or Origin header.
 */
import type { FastifyRequest } from 'fastify';
import { WharfError } from '../../base/errors.ts';
import '../errors.ts';

const LOOPBACK_NAMES = new Set(['localhost', '127.0.0.1', '[::1]']);

/** True for addresses that only this machine can reach. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}

/** Throws HOST_REFUSED unless the request names this server. `names` are the host names that it is known by. */
export function checkHost(request: FastifyRequest, names: ReadonlySet<string>): void {
  const host = hostName(request.headers.host ?? '');
  if (!names.has(host)) throw refused('Host', request.headers.host ?? '');
  const origin = request.headers.origin;
  if (origin === undefined) return;
  const originHost = /^https?:\/\/([^/]+)$/.exec(origin)?.[1];
  if (originHost === undefined || originHost !== request.headers.host) throw refused('Origin', origin);
}

export function hostNames(host: string): ReadonlySet<string> {
  return new Set([...LOOPBACK_NAMES, host.includes(':') ? `[${host}]` : host]);
}

function hostName(header: string): string {
  return header.toLowerCase().replace(/:\d+$/, '');
}

function refused(header: string, value: string): WharfError {
  return new WharfError('HOST_REFUSED', `The ${header} header "${value}" does not name this server.`, {
    hint: 'Use the address that wharf up printed.',
  });
}
