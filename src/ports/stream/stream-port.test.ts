import { connect, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import WebSocket from 'ws';
import { type Clock, systemClock } from '../../base/clock.ts';
import type { FakeProduct } from '../test-support/fake-product.ts';
import { departure, sampleProduct } from '../test-support/sample-product.ts';
import { type PortServer, servePorts } from '../test-support/serve-ports.ts';
import { type SseMessage, SseReader } from '../test-support/sse-reader.ts';
import { STREAM_LIMITS, type StreamLimits } from './stream-limits.ts';
import { createStreamPort } from './stream-port.ts';

let server: PortServer | undefined;
const readers: SseReader[] = [];
const PATH = '/p/flights.departures/v1/stream';
const STALL_MS = 50;

afterEach(async () => {
  for (const reader of readers.splice(0)) reader.close();
  await server?.close();
  server = undefined;
});

async function start(limits: Partial<StreamLimits> = {}, clock = systemClock): Promise<FakeProduct> {
  const product = sampleProduct();
  const port = createStreamPort({ limits: { ...STREAM_LIMITS, ...limits }, clock });
  server = await servePorts({ ports: [port], products: [product] });
  return product;
}

async function follow(query = '', headers: Record<string, string> = {}, path = PATH): Promise<SseReader> {
  const reader = await SseReader.open(`${server?.url}${path}${query}`, headers);
  readers.push(reader);
  return reader;
}

async function until(condition: () => boolean): Promise<void> {
  await expect.poll(condition).toBe(true);
}

/** A clock that knows whether a client was waited for in vain. */
function stallClock(): { readonly clock: Clock; readonly hasStalled: () => boolean } {
  let hasStalled = false;
  const sleep: Clock['sleep'] = async (ms, signal) => {
    await systemClock.sleep(ms, signal);
    hasStalled ||= ms === STALL_MS;
  };
  return { clock: { ...systemClock, sleep }, hasStalled: () => hasStalled };
}

const ids = (messages: readonly SseMessage[]) => messages.map((message) => Number(message.id));
const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

test('from the earliest record on, each comes once, in order, with all that is known of it', async () => {
  await start();
  const reader = await follow('?from=earliest');
  const messages = await reader.take(65);
  expect(ids(messages)).toEqual(numbers(1, 65));
  expect(messages[0]).toEqual({
    event: 'upsert',
    id: '1',
    data: `{"position":1,"time":"2026-11-21T10:00:00.000001Z","op":"upsert","dataset":"departures","key":{"origin":"DFW","flight":9007199254740993},"document":${departure(0)}}`,
  });
  expect(messages[64]).toMatchObject({ event: 'delete', data: expect.stringContaining('"document":null}') });
  expect(reader.headers.get('wharf-position')).toBe('65');
  expect(reader.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
  expect(reader.retryMs).toBe(2_000);
});

test('at the latest nothing of the past comes, and every new record does', async () => {
  const product = await start();
  for (const query of ['', '?from=latest']) {
    const reader = await follow(query);
    const before = product.publishedPosition();
    product.append('departures', [departure(70), departure(71)]);
    expect(ids(await reader.take(2))).toEqual([before + 1, before + 2]);
  }
});

test('a stream is taken up after the last event that was received, whatever "from" says', async () => {
  await start();
  const reader = await follow('?from=earliest', { 'Last-Event-ID': '60' });
  expect(ids(await reader.take(5))).toEqual(numbers(61, 65));
});

test('a stream starts at a position, or behind a time', async () => {
  await start();
  expect(ids(await (await follow('?from=64')).take(2))).toEqual([64, 65]);
  expect(ids(await (await follow('?from=2026-11-21T10:01:02.5Z')).take(2))).toEqual([64, 65]);
});

test('only the records of the dataset that was asked for come', async () => {
  await start();
  expect(ids(await (await follow('?from=earliest&dataset=notes')).take(3))).toEqual([61, 62, 63]);
  const below = await follow('?from=earliest', {}, '/p/flights.departures/v1/d/notes/stream');
  expect(ids(await below.take(3))).toEqual([61, 62, 63]);
});

test.each([
  ['?from=earlist', 400, 'STREAM_FROM_INVALID'],
  ['?from=-1', 400, 'STREAM_FROM_INVALID'],
  ['?from=67', 400, 'STREAM_FROM_AHEAD'],
  ['?from=2026-13-01', 400, 'FAKE_AT_UNKNOWN'],
  ['?dataset=note', 400, 'OPTION_INVALID'],
  ['?form=latest', 400, 'PARAMETER_UNKNOWN'],
])('%s is answered with %i %s, as SSE and as WebSocket', async (query, status, code) => {
  const product = await start({ clientsMax: 1 });
  const answer = await fetch(`${server?.url}${PATH}${query}`);
  expect([answer.status, await answer.json()]).toMatchObject([status, { code }]);
  const socket = new WebSocket(`${server?.url.replace('http', 'ws')}${PATH}${query}`);
  const refused = await new Promise((resolve) =>
    socket.on('unexpected-response', (_, { statusCode }) => resolve(statusCode)),
  );
  expect(refused).toBe(status);
  await until(() => product.calls.aborted === product.calls.follows);
  await follow('');
});

test('signs of life keep a quiet connection open', async () => {
  await start({ heartbeatMs: 20 });
  const reader = await follow('');
  await until(() => reader.comments >= 3);
});

test('a connection ends with its stream', async () => {
  await start();
  const { headers, body } = await fetch(`${server?.url}${PATH}`);
  expect(headers.get('connection')).toBe('close');
  await body?.cancel();
});

test('a client that goes away is no longer followed for', async () => {
  const product = await start();
  const reader = await follow('?from=earliest');
  await reader.take(65);
  expect([product.calls.follows, product.calls.aborted]).toEqual([1, 0]);
  reader.close();
  await until(() => product.calls.aborted === 1);
});

test('as many clients as allowed follow a product, and a place that is left is free again', async () => {
  await start({ clientsMax: 2 });
  const first = await follow('');
  await follow('');
  const answer = await fetch(`${server?.url}${PATH}`);
  expect([answer.status, await answer.json()]).toMatchObject([503, { code: 'STREAM_CLIENTS_FULL' }]);
  first.close();
  await until(() => first.closed);
  const again = async () => {
    const { status, body } = await fetch(`${server?.url}${PATH}`);
    await body?.cancel();
    return status;
  };
  await expect.poll(again).toBe(200);
});

test('clients that take nothing are cut off, cost a bounded buffer, and slow nobody', async () => {
  const product = await start({ bufferBytesMax: 128 * 1024, stallMs: 300, closeMs: 300 });
  const stalled: Socket[] = [];
  for (let i = 0; i < 3; i++) {
    const socket = connect(Number(new URL(server?.url ?? '').port), '127.0.0.1');
    socket.pause();
    socket.write(`GET ${PATH}?from=earliest HTTP/1.1\r\nHost: x\r\n\r\n`);
    stalled.push(socket);
  }
  await until(() => product.calls.follows === 3);
  const reader = await follow('?from=earliest');
  const note = 'x'.repeat(4_000);
  for (let round = 0; round < 10; round++) {
    product.append(
      'departures',
      Array.from({ length: 500 }, (_, i) => departure(i).replace('"A"', `"${note}"`)),
    );
    await reader.take(round === 0 ? 565 : 500, 5_000);
  }
  await until(() => product.calls.aborted === 3);
  for (const socket of stalled) {
    const bytes = await new Promise<number>((resolve) => {
      let received = 0;
      socket.on('data', (chunk) => (received += chunk.length));
      socket.on('error', () => resolve(received));
      socket.on('close', () => resolve(received));
      socket.resume();
    });
    expect(bytes).toBeLessThan(20_000_000);
  }
});

test('a slow client is told where to go on, and goes on there without loss', async () => {
  const { clock, hasStalled } = stallClock();
  const product = await start({ bufferBytesMax: 1_024, stallMs: STALL_MS, closeMs: 60_000 }, clock);
  const note = 'x'.repeat(10_000);
  product.append(
    'departures',
    Array.from({ length: 2_000 }, (_, i) => departure(i).replace('"A"', `"${note}"`)),
  );
  const slow = await follow('?from=earliest', {});
  slow.pause();
  await until(hasStalled);
  slow.resume();
  const received = await slow.all();
  const last = received.at(-1);
  expect(last?.event).toBe('cut-off');
  const { resume, reason, code } = JSON.parse(last?.data ?? '{}');
  expect([code, reason]).toEqual(['STREAM_STALLED', expect.stringContaining('1024 bytes')]);
  expect(ids(received.slice(0, -1))).toEqual(numbers(1, resume - 1));
  expect(resume).toBeLessThan(2_000);
  const again = await follow(`?from=${resume}`);
  expect(ids(await again.take(3))).toEqual([resume, resume + 1, resume + 2]);
});

test('when the server stops, clients hear where to go on', async () => {
  await start();
  const reader = await follow('?from=earliest');
  await reader.take(65);
  await server?.close();
  const [last] = await reader.all();
  expect([last?.event, JSON.parse(last?.data ?? '{}')]).toEqual([
    'cut-off',
    { resume: 66, reason: 'The server is stopping.', code: 'STREAM_CLOSING' },
  ]);
});

function openWebSocket(query: string) {
  const socket = new WebSocket(`${server?.url.replace('http', 'ws')}${PATH}${query}`);
  const messages: string[] = [];
  const seen = {
    messages,
    headers: {} as Record<string, unknown>,
    pings: 0,
    closed: undefined as undefined | [number, string],
  };
  socket.on('message', (data) => messages.push(String(data)));
  socket.on('upgrade', ({ headers }) => (seen.headers = headers));
  socket.on('ping', () => (seen.pings += 1));
  socket.on('close', (code, reason) => (seen.closed = [code, String(reason)]));
  return { socket, seen };
}

test('a WebSocket gets the same records, one a message, and pings', async () => {
  const product = await start({ heartbeatMs: 20 });
  const { socket, seen } = openWebSocket('?from=64');
  await until(() => seen.messages.length === 2);
  product.append('departures', [departure(70)]);
  await until(() => seen.messages.length === 3);
  const reader = await follow('?from=64');
  expect(seen.messages).toEqual((await reader.take(3)).map((message) => message.data));
  await until(() => seen.pings >= 5);
  socket.close();
  await until(() => product.calls.aborted === 1);
});

test('a WebSocket that takes nothing is closed with the position to go on from', async () => {
  const { clock, hasStalled } = stallClock();
  const product = await start({ bufferBytesMax: 1_024, stallMs: STALL_MS, closeMs: 60_000 }, clock);
  const note = 'x'.repeat(10_000);
  product.append(
    'departures',
    Array.from({ length: 2_000 }, (_, i) => departure(i).replace('"A"', `"${note}"`)),
  );
  const { socket, seen } = openWebSocket('?from=earliest');
  await until(() => seen.messages.length > 0);
  socket.pause();
  await until(hasStalled);
  socket.resume();
  await until(() => seen.closed !== undefined);
  expect(seen.closed).toEqual([1013, `resume=${seen.messages.length + 1}`]);
  expect(seen.messages.length).toBeLessThan(2_000);
});
