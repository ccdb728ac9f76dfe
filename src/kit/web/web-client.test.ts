import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebClient, type WebRequest } from './web-client.ts';

interface Served {
  readonly origin: string;
  readonly seen: http.IncomingMessage[];
  readonly close: () => void;
}

async function serve(answer: http.RequestListener): Promise<Served> {
  const seen: http.IncomingMessage[] = [];
  const server = http.createServer((request, response) => {
    seen.push(request);
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { origin, seen, close: () => server.close().closeAllConnections() as undefined };
}

let target: Served;
let other: Served;
let client: WebClient;

beforeEach(async () => {
  other = await serve((_, response) => response.end('other'));
  target = await serve((request, response) => {
    if (request.url === '/away') return response.writeHead(302, { location: `${other.origin}/x` }).end();
    if (request.url === '/loop') return response.writeHead(307, { location: '/loop' }).end();
    if (request.url === '/near') return response.writeHead(302, { location: '/' }).end();
    if (request.url === '/gzip')
      return response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('packed'));
    if (request.url === '/cut') {
      response.writeHead(200, { 'content-length': '100' });
      response.write('half');
      return setTimeout(() => response.destroy(), 20) as never;
    }
    return response.end('here');
  });
  client = new WebClient({ privateOrigin: target.origin });
});
afterEach(() => {
  client.close();
  for (const served of [target, other]) served.close();
});

const ask = (path: string, more: Partial<WebRequest> = {}) =>
  client.send({
    url: new URL(path, target.origin),
    method: 'GET',
    headers: {},
    signal: new AbortController().signal,
    ...more,
  });

describe('a request', () => {
  it('gives the body, unpacked', async () => {
    expect(await text((await ask('/')).body)).toBe('here');
    expect(await text((await ask('/gzip')).body)).toBe('packed');
  });

  it('is refused where an address of this machine was not allowed, before anything is sent', async () => {
    const port = new URL(target.origin).port;
    const hosts = ['127.0.0.1', 'localhost', '[::ffff:127.0.0.1]', '2130706433', '0x7f.1'];
    for (const host of hosts) {
      const strict = new WebClient({ privateOrigin: undefined });
      const signal = new AbortController().signal;
      const request = {
        url: new URL(`http://${host}:${port}/`),
        method: 'GET',
        headers: {},
        signal,
      } as const;
      await expect(strict.send(request), host).rejects.toMatchObject({ code: 'WEB_ADDRESS_PRIVATE' });
      strict.close();
    }
    expect(target.seen).toEqual([]);
  });

  it('is refused when it is redirected to another address of a private network', async () => {
    await expect(ask('/away')).rejects.toMatchObject({ code: 'WEB_ADDRESS_PRIVATE' });
    expect(other.seen).toEqual([]);
  });

  it('sends credentials to their own origin only', async () => {
    const credentials = { origin: target.origin, headers: { authorization: 'Bearer abc' } };
    await (await ask('/near', { credentials })).body.resume();
    expect(target.seen.map((request) => request.headers.authorization)).toEqual(['Bearer abc', 'Bearer abc']);
    const elsewhere = { origin: other.origin, headers: { authorization: 'Bearer abc' } };
    await (await ask('/', { credentials: elsewhere })).body.resume();
    expect(target.seen.at(-1)?.headers.authorization).toBeUndefined();
  });

  it('ends when it is redirected again and again', async () => {
    await expect(ask('/loop')).rejects.toMatchObject({ code: 'WEB_REDIRECTS' });
  });

  it('shows an answer that is cut as an error, not as a short one', async () => {
    await expect(text((await ask('/cut')).body)).rejects.toThrow();
  });

  it('gives up a server that says nothing', async () => {
    const silent = await serve(() => undefined);
    const patient = new WebClient({ privateOrigin: silent.origin });
    const request = { url: new URL(silent.origin), method: 'GET', headers: {}, silenceMs: 50 } as const;
    await expect(patient.send({ ...request, signal: new AbortController().signal })).rejects.toMatchObject({
      code: 'WEB_UNREACHABLE',
      retryable: true,
    });
    patient.close();
    silent.close();
  });
});
