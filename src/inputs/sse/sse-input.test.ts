import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import {
  collect,
  describePullInput,
  recordsOf,
  restarted,
  type SourceAtRest,
} from '../../../test/conformance/inputs.ts';
import { SseServer, type SseServerOptions } from '../../../test/support/sse-server.ts';
import { sseInput } from './sse-input.ts';

const PADDING = 'é'.repeat(100);
const records = Array.from({ length: 4_000 }, (_, i) => `{"n":${i},"t":"${PADDING}"}`);

function contextOf(origin: string, options: Record<string, unknown> = {}): SourceAtRest['context'] {
  const connection = { name: 'local', type: 'http', options: { url: origin, private: true } };
  return { options: { url: '/stream', connection: 'local', ...options }, connection, baseFolder: '/' };
}

describePullInput('sse', sseInput, async () => {
  const server = await SseServer.start({ events: records, chunkBytes: 60_001 });
  return { context: contextOf(server.origin), records, remove: () => server.stop() };
});

const servers: { stop(): Promise<void> }[] = [];
afterEach(() => Promise.all(servers.splice(0).map((server) => server.stop())));

async function serve(options: SseServerOptions): Promise<SseServer> {
  const server = await SseServer.start(options);
  servers.push(server);
  return server;
}

describe('a stream of events', () => {
  test('that breaks off at any byte is taken up behind its last whole event', async () => {
    const events = records.slice(0, 40);
    for (const cutAfterBytes of [700, 1_001, 2_503]) {
      const server = await serve({ events, cutAfterBytes });
      const { batches } = await collect(sseInput, contextOf(server.origin));
      expect(recordsOf(batches)).toEqual(events);
      expect(server.seen.length).toBeGreaterThan(3);
      expect(server.seen[0]).toBeUndefined();
      expect(JSON.parse(server.seen[1] ?? '')).toMatchObject([{ topic: 'here.changes' }, { offset: -1 }]);
    }
  });

  test('that repeats events gives them again, and none is missing', async () => {
    const events = records.slice(0, 40);
    const server = await serve({ events, cutAfterBytes: 2_503, repeats: 3 });
    const { batches } = await collect(sseInput, contextOf(server.origin));
    expect([...new Set(recordsOf(batches))]).toEqual(events);
    expect(recordsOf(batches).length).toBeGreaterThan(events.length);
  });

  test('that is busy at first is connected to again', async () => {
    const server = await serve({ events: ['1'], failures: [503, 429] });
    expect(recordsOf((await collect(sseInput, contextOf(server.origin))).batches)).toEqual(['1']);
    expect(server.seen.length).toBe(3);
  });

  test('gives documents on several lines as one record, and only events of the types that were asked for', async () => {
    const plain = http.createServer((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('id: 1\ndata: {"a":\ndata: 1}\n\nevent: noise\nid: 2\ndata: 2\n\n');
    });
    await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve));
    servers.push({ stop: async () => plain.close().closeAllConnections() });
    const origin = `http://127.0.0.1:${(plain.address() as AddressInfo).port}`;
    const { batches } = await collect(sseInput, contextOf(origin, { events: ['message'] }));
    expect(recordsOf(batches)).toEqual(['{"a": 1}']);
  });

  test.each([
    [200, 'text/html', 'SSE_NOT_A_STREAM'],
    [204, 'text/event-stream', 'SSE_ENDED'],
    [404, 'text/plain', 'WEB_REFUSED'],
  ])('that answers %i %s is an error', async (status, type, code) => {
    const plain = http.createServer((_, response) =>
      response.writeHead(status, { 'content-type': type }).end(),
    );
    await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve));
    servers.push({ stop: async () => void plain.close() });
    const origin = `http://127.0.0.1:${(plain.address() as AddressInfo).port}`;
    await expect(collect(sseInput, contextOf(origin))).rejects.toMatchObject({ code });
  });

  test('in a private network is refused unless the connection allows it', async () => {
    const server = await serve({ events: ['1'] });
    const context = { options: { url: `${server.origin}/stream` }, baseFolder: '/' };
    await expect(collect(sseInput, context)).rejects.toMatchObject({ code: 'WEB_ADDRESS_PRIVATE' });
    expect(server.seen).toEqual([]);
  });

  test('goes on from a cursor with what came meanwhile', async () => {
    const server = await serve({ events: ['1', '2'] });
    const { batches } = await collect(sseInput, contextOf(server.origin));
    server.tell(['3']);
    const cursor = restarted(batches.at(-1)?.cursor);
    const rest = await collect(sseInput, contextOf(server.origin), { cursor });
    expect(recordsOf(rest.batches)).toEqual(['3']);
  });
});
