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

/** Throws HOST_REFUSED unless the request names this server; `isOurs` says of a host name whether it is known by it. */
export function checkHost(request: FastifyRequest, isOurs: (name: string) => boolean): void {
  const host = hostName(request.headers.host ?? '');
  if (!isOurs(host)) throw refused('Host', request.headers.host ?? '');
  const origin = request.headers.origin;
  if (origin === undefined) return;
  const originHost = /^https?:\/\/([^/]+)$/.exec(origin)?.[1];
  if (originHost === undefined || originHost !== request.headers.host) throw refused('Origin', origin);
}

/** Whether a server that listens on `host` is known by the name, whatever its certificate says. */
export function isNameOf(host: string, name: string): boolean {
  return LOOPBACK_NAMES.has(name) || name === (host.includes(':') ? `[${host}]` : host);
}

function hostName(header: string): string {
  return header.toLowerCase().replace(/:\d+$/, '');
}

function refused(header: string, value: string): WharfError {
  return new WharfError('HOST_REFUSED', `The ${header} header "${value}" does not name this server.`, {
    hint: 'Use the address that wharf up printed.',
  });
}
