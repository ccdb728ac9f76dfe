/**
 * The way of connectors to web servers: one request, its redirects followed, its answer's body as a stream.
 *
 * Addresses of private networks are refused unless they are the private origin's: by name when it is looked up, as a
 * literal before, and once more on the socket that is connected; for each redirect again. Credentials go to their own origin only.
 */
import http from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { messageOf, WharfError } from '../../base/errors.ts';
import { isPrivateAddress } from '../../base/private-address.ts';
import { checkLiteralAddress, guardedLookup, privateAddress } from './guarded-lookup.ts';
import { shownAddress } from './shown-address.ts';
import '../errors.ts';

export const REDIRECTS_MAX = 5;
/** A server that says nothing for so long is given up. */
export const SILENCE_MS_MAX = 60_000;
const SOCKETS_MAX = 8;
const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];

export interface WebRequest {
  readonly url: URL;
  readonly method: 'GET' | 'POST' | 'PUT' | 'HEAD' | 'DELETE';
  readonly headers: Readonly<Record<string, string>>;
  /** Headers that are only sent to this origin. */
  readonly credentials?: { readonly origin: string; readonly headers: Readonly<Record<string, string>> };
  readonly body?: string | Uint8Array;
  readonly signal: AbortSignal;
  readonly silenceMs?: number;
}

export interface WebAnswer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  /** Unpacked. Must be read to its end or destroyed. */
  readonly body: Readable;
  /** After redirects. */
  readonly url: URL;
}

export interface WebClientOptions {
  /** Of this origin, addresses of private networks may be reached. */
  readonly privateOrigin: string | undefined;
}

export class WebClient {
  readonly #privateOrigin: string | undefined;
  readonly #plain: http.Agent;
  readonly #secure: https.Agent;

  constructor(options: WebClientOptions) {
    this.#privateOrigin = options.privateOrigin;
    const agent = { keepAlive: true, maxSockets: SOCKETS_MAX };
    this.#plain = new http.Agent(agent);
    this.#secure = new https.Agent(agent);
  }

  close(): void {
    this.#plain.destroy();
    this.#secure.destroy();
  }

  /** Throws WEB_ADDRESS_INVALID, WEB_ADDRESS_PRIVATE, WEB_UNREACHABLE, WEB_REDIRECTS; the signal's reason. */
  async send(request: WebRequest): Promise<WebAnswer> {
    let next = request;
    for (let redirects = 0; redirects <= REDIRECTS_MAX; redirects++) {
      const answer = await this.#once(next);
      const { location } = answer.headers;
      if (!REDIRECTS.includes(answer.status) || location === undefined) return answer;
      answer.body.resume();
      next = redirected(next, answer.status, location);
    }
    throw new WharfError(
      'WEB_REDIRECTS',
      `"${shownAddress(request.url)}" redirects more than ${REDIRECTS_MAX} times.`,
      { hint: 'Write the address that it leads to in the end.' },
    );
  }

  #once(request: WebRequest): Promise<WebAnswer> {
    const { url, signal } = request;
    const mayBePrivate = url.origin === this.#privateOrigin;
    if (!mayBePrivate) checkLiteralAddress(url);
    const secure = url.protocol === 'https:';
    const credentials = request.credentials?.origin === url.origin ? request.credentials.headers : {};
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const outgoing = (secure ? https : http).request(url, {
        method: request.method,
        headers: { 'user-agent': 'wharf', ...request.headers, ...credentials },
        agent: secure ? this.#secure : this.#plain,
        signal,
        timeout: request.silenceMs ?? SILENCE_MS_MAX,
        ...(mayBePrivate ? {} : { lookup: guardedLookup }),
      });
      if (!mayBePrivate) outgoing.once('socket', (socket) => guard(socket, outgoing));
      outgoing.once('timeout', () => outgoing.destroy(new Error('it said nothing for too long')));
      outgoing.once('error', (error) => reject(signal.aborted ? signal.reason : unreachable(url, error)));
      outgoing.once('response', (incoming) => resolve(answerOf(url, incoming)));
      outgoing.end(request.body);
    });
  }
}

/** What is connected decides, also on a socket that is used again. */
function guard(socket: Socket, outgoing: http.ClientRequest): void {
  const check = () => {
    const { remoteAddress } = socket;
    if (remoteAddress !== undefined && isPrivateAddress(remoteAddress))
      outgoing.destroy(privateAddress(remoteAddress));
  };
  if (socket.connecting) socket.once('connect', check);
  else check();
}

function answerOf(url: URL, incoming: http.IncomingMessage): WebAnswer {
  const packed = incoming.headers['content-encoding'] === 'gzip';
  // What goes wrong shows to whoever reads the unpacked body.
  const body = packed ? pipeline(incoming, createGunzip(), () => undefined) : incoming;
  return { status: incoming.statusCode ?? 0, headers: incoming.headers, body, url };
}

function redirected(request: WebRequest, status: number, location: string): WebRequest {
  const url = URL.canParse(location, request.url.href) ? new URL(location, request.url) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    throw new WharfError(
      'WEB_REDIRECTS',
      `"${shownAddress(request.url)}" redirects to something that is not an address of the web.`,
      { hint: 'Open it in a browser to see what it gives.' },
    );
  }
  if (status === 307 || status === 308 || request.method === 'GET') return { ...request, url };
  const { body: _, ...rest } = request;
  return { ...rest, url, method: 'GET' };
}

/** What to throw for something thrown while an answer was awaited or read: our own errors as they are. */
export function unreachable(url: URL, thrown: unknown): WharfError {
  if (thrown instanceof WharfError) return thrown;
  return new WharfError('WEB_UNREACHABLE', `"${shownAddress(url)}" cannot be read: ${messageOf(thrown)}.`, {
    hint: 'Look whether the server runs and can be reached from here.',
    cause: thrown,
  });
}
