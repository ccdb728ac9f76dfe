import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { silentLog } from '../../base/log.ts';
import { LIMITS, type ListenerLimits, newListener } from './listener.ts';
import { Teller } from './problem.ts';

/** Only what waits for an end that does not come has so little time. */
const BRIEF = { headersMs: 100, requestMs: 200, checkMs: 20 };
const closers: (() => void)[] = [];

afterEach(() => {
  for (const close of closers.splice(0)) close();
});

async function listen(handler: RequestListener, limits: Partial<ListenerLimits> = {}): Promise<number> {
  const server = newListener(handler, { teller: new Teller(silentLog), limits: { ...LIMITS, ...limits } });
  closers.push(() => server.close().closeAllConnections());
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return (server.address() as AddressInfo).port;
}

/** All that comes until the other side ends the connection. */
async function sent(port: number, text: string): Promise<string> {
  const socket = connect(port, '127.0.0.1').setEncoding('utf8');
  socket.write(text);
  let received = '';
  for await (const chunk of socket) received += chunk;
  return received;
}

describe('what is no whole request', () => {
  it.each([
    ['headers that do not end', 'GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ', 408, 'REQUEST_TIMEOUT'],
    [
      'a body that does not end',
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc',
      408,
      'REQUEST_TIMEOUT',
    ],
    [
      'headers that are too large',
      `GET / HTTP/1.1\r\nHost: x\r\nX-Large: ${'x'.repeat(20_000)}\r\n\r\n`,
      431,
      'REQUEST_HEADERS_TOO_LARGE',
    ],
    ['another protocol', '\x16\x03\x01\x02\x00\x01\r\n\r\n', 400, 'REQUEST_MALFORMED'],
  ])('is answered by a problem with a code: %s', async (_, text, status, code) => {
    const port = await listen(() => undefined, status === 408 ? BRIEF : {});
    const [head = '', body = ''] = (await sent(port, text)).split('\r\n\r\n');
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(head).toContain('Content-Type: application/problem+json');
    expect(JSON.parse(body)).toMatchObject({ status, code });
  });

  it('gets no second answer when it was answered before its end', async () => {
    const port = await listen((_, response) => response.writeHead(503).end(), BRIEF);
    const received = await sent(port, 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc');
    expect(received.match(/HTTP\/1\.1/g)).toHaveLength(1);
  });

  it('without a Host reaches the routes, which refuse it by name', async () => {
    const port = await listen(({ headers }, response) => response.end(`host: ${headers.host}`));
    expect(await sent(port, 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n')).toContain('host: undefined');
  });
});
