import { readdirSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import {
  type CollectOptions,
  collect,
  describePullInput,
  recordsOf,
  restarted,
} from '../../../test/conformance/inputs.ts';
import { temporaryFolder } from '../../../test/support/temporary-folder.ts';
import { type Answer, WebServer } from '../../../test/support/web-server.ts';
import type { Clock } from '../../base/clock.ts';
import { httpInput } from './http-input.ts';

const PADDING = 'x'.repeat(300);
const records = Array.from({ length: 3_000 }, (_, i) => `{"id":${i + 1},"t":"${PADDING}"}`);

/** Records above the one asked for, in pages of so many. */
function pagesOf(all: readonly string[], url: URL, size: number): Answer {
  const since = Number(url.searchParams.get('since') ?? 0);
  const page = Number(url.searchParams.get('page') ?? 1);
  const found = all.filter((record) => (JSON.parse(record) as { id: number }).id >= since);
  return { body: `{"data":[${found.slice((page - 1) * size, page * size).join(',')}]}` };
}

const INCREMENTAL = {
  records: '$.data',
  incremental: { field: 'id', parameter: 'since' },
  paging: { by: 'page' },
  every: '10ms',
};

describePullInput('http', httpInput, async () => {
  const server = await WebServer.start(({ url }) => pagesOf(records, url, 2_000));
  return {
    context: {
      options: { url: '/items', connection: 'local', ...INCREMENTAL },
      connection: server.connection,
      baseFolder: '/',
    },
    records,
    remove: () => server.stop(),
  };
});

const servers: WebServer[] = [];
afterEach(() => Promise.all(servers.splice(0).map((server) => server.stop())));

async function serve(answer: WebServer['answer']): Promise<WebServer> {
  const server = await WebServer.start(answer);
  servers.push(server);
  return server;
}

function read(server: WebServer, options: Record<string, unknown>, more: CollectOptions = {}) {
  const context = {
    options: { url: '/items', connection: 'local', every: '10ms', ...options },
    connection: server.connection,
    baseFolder: '/',
  };
  return collect(httpInput, context, more);
}

const JSON_TYPE = { 'content-type': 'application/json' };
const list = (...ids: number[]) => `[${ids.map((id) => `{"id":${id}}`).join(',')}]`;
const lines = (...ids: number[]) => ids.map((id) => `{"id":${id}}`);

describe('pages', () => {
  test('are followed by the header Link', async () => {
    const server = await serve(({ url }) =>
      url.searchParams.get('p') === '2'
        ? { body: list(3) }
        : { body: list(1, 2), headers: { link: '</items?p=0>; rel="prev", </items?p=2>; rel="next"' } },
    );
    expect(recordsOf((await read(server, { paging: { by: 'link' } })).batches)).toEqual(lines(1, 2, 3));
  });

  test('are followed by a cursor in the answer, also one that is a large number', async () => {
    const server = await serve(({ url }) => {
      const at = url.searchParams.get('after');
      const next = at === null ? '9007199254740993' : at === '9007199254740993' ? '"b+c&d"' : 'null';
      return { body: `{"items":${list(at === null ? 1 : at === 'b+c&d' ? 3 : 2)},"meta":{"next":${next}}}` };
    });
    const paging = { by: 'cursor', parameter: 'after', next: '$.meta.next' };
    expect(recordsOf((await read(server, { records: '$.items', paging })).batches)).toEqual(lines(1, 2, 3));
  });

  test('are followed by offset, and the last is one that is not full', async () => {
    const server = await serve(({ url }) => {
      const at = Number(url.searchParams.get('offset'));
      return { body: list(...[1, 2, 3, 4, 5].slice(at, at + Number(url.searchParams.get('limit')))) };
    });
    const paging = { by: 'offset', size: 2, size_parameter: 'limit' };
    expect(recordsOf((await read(server, { paging })).batches)).toEqual(lines(1, 2, 3, 4, 5));
    expect(server.asked.map(({ url }) => url.search)).toEqual([
      '?limit=2&offset=0',
      '?limit=2&offset=2',
      '?limit=2&offset=4',
    ]);
  });

  test('that lead to themselves are an error, not for ever', async () => {
    const server = await serve(() => ({ body: `{"data":${list(1)},"next":"same"}` }));
    const paging = { by: 'cursor', next: '$.next' };
    await expect(read(server, { records: '$.data', paging })).rejects.toMatchObject({
      code: 'HTTP_PAGING_REPEATS',
    });
  });

  test('of a POST are asked for in its body', async () => {
    const server = await serve(({ body }) => {
      const { page } = JSON.parse(body) as { page: string };
      return { body: page === '1' ? list(1) : list() };
    });
    const options = { method: 'POST', body: { filter: 'open' }, paging: { by: 'page' } };
    expect(recordsOf((await read(server, options)).batches)).toEqual(lines(1));
    expect(server.asked.map(({ body }) => JSON.parse(body))).toEqual([
      { filter: 'open', page: '1' },
      { filter: 'open', page: '2' },
    ]);
  });
});

describe('an incremental look', () => {
  const incremental = { field: 'id', parameter: 'since', start: '1' };

  test('asks from the largest value, and leaves out what came before with that value', async () => {
    let found = '[{"id":9},{"id":10,"a":1}]';
    const server = await serve(() => ({ body: found }));
    const first = await read(server, { incremental });
    expect(recordsOf(first.batches)).toEqual(['{"id":9}', '{"id":10,"a":1}']);
    found = '[{"id":10,"a":1},{"id":10,"a":2},{"id":11}]';
    const cursor = restarted(first.batches.at(-1)?.cursor);
    const second = await read(server, { incremental }, { cursor });
    expect(recordsOf(second.batches)).toEqual(['{"id":10,"a":2}', '{"id":11}']);
    expect(server.asked.map(({ url }) => url.searchParams.get('since'))).toEqual(['1', '10']);
  });

  test('that was broken off goes on in its page; a page that is another one meanwhile is read as a whole', async () => {
    const big = records.slice(0, 2_500);
    const server = await serve(() => ({ body: `[${big.join(',')}]` }));
    const { batches } = await read(server, { incremental }, { batchesMax: 1 });
    const cursor = restarted(batches[0]?.cursor);
    const rest = await read(server, { incremental }, { cursor });
    expect([...recordsOf(batches), ...recordsOf(rest.batches)]).toEqual(big);
    server.answer = () => ({ body: `[{"id":0},${big.join(',')}]` });
    const again = await read(server, { incremental }, { cursor });
    expect(recordsOf(again.batches)).toEqual(['{"id":0}', ...big]);
  });
});

describe('an answer that is all there is', () => {
  test('is one whole, and is not given again while the server says that it is the same', async () => {
    const server = await serve(({ headers }) =>
      headers['if-none-match'] === '"v1"' ? { status: 304 } : { body: list(1, 2), headers: { etag: '"v1"' } },
    );
    const { batches } = await read(server, { mode: 'snapshot' });
    expect(batches.map((batch) => batch.whole)).toEqual([{ first: true, last: true, deletes: true }]);
    const cursor = restarted(batches.at(-1)?.cursor);
    expect(await read(server, { mode: 'snapshot' }, { cursor })).toEqual({ batches: [], caughtUp: true });
  });

  test('is not given again when its bytes are the same', async () => {
    const server = await serve(() => ({ body: list(1) }));
    const { batches } = await read(server, {});
    expect(batches.map((batch) => batch.whole)).toEqual([{ first: true, last: true, deletes: false }]);
    const cursor = restarted(batches.at(-1)?.cursor);
    expect((await read(server, {}, { cursor })).batches).toEqual([]);
  });

  test.each([
    ['text/csv; charset=utf-8', 'id,t\r\n1,"a\nb"\r\n', ['1,"a', 'b"']],
    ['application/x-ndjson', '{"id":1}\n{"id":2}', ['{"id":1}', '{"id":2}']],
    ['application/vnd.api+json', '[{"id":1}]', ['{"id":1}']],
  ])('is read by its media type %s', async (type, body, expected) => {
    const server = await serve(() => ({ body, headers: { 'content-type': type } }));
    expect(recordsOf((await read(server, {})).batches)).toEqual(expected);
  });
});

describe('a server in trouble', () => {
  test.each<[string, Answer]>([
    ['is busy', { status: 503 }],
    ['asks to wait', { status: 429, headers: { 'retry-after': '0' } }],
    ['breaks off its answer', { body: list(1, 2, 3), headers: JSON_TYPE, cutAfter: 9 }],
  ])('that %s is asked again, and nothing of the failure is taken', async (_, failure) => {
    const server = await serve((_asked, count) =>
      count < 3 ? failure : { body: list(1), headers: JSON_TYPE },
    );
    expect(recordsOf((await read(server, {})).batches)).toEqual(lines(1));
    expect(server.asked.length).toBe(3);
  });

  test('that refuses is an error at once, with what it said and without what we sent', async () => {
    const server = await serve(() => ({ status: 401, body: 'no such key' }));
    const failed = read(server, { query: { key: 'geheim' } });
    await expect(failed).rejects.toMatchObject({ code: 'WEB_REFUSED', retryable: false });
    await expect(failed).rejects.toThrow('answered 401: "no such key"');
    await expect(failed).rejects.not.toThrow('geheim');
    expect(server.asked.length).toBe(1);
  });

  test('leaves no file behind', async () => {
    const folder = await temporaryFolder('http');
    const server = await serve(() => ({ body: list(1, 2, 3), cutAfter: 9 }));
    const context = {
      options: { url: '/items', every: '10ms' },
      connection: server.connection,
      baseFolder: '/',
      temporaryFolder: folder,
    };
    await expect(collect(httpInput, context)).rejects.toMatchObject({ code: 'WEB_UNREACHABLE' });
    server.answer = () => ({ body: list(1) });
    await collect(httpInput, context, { batchesMax: 1 });
    expect(readdirSync(folder)).toEqual([]);
  });
});

test('an address of a private network is refused without a connection that allows it', async () => {
  const server = await serve(() => ({ body: list(1) }));
  const context = { options: { url: `${server.origin}/items` }, baseFolder: '/' };
  await expect(collect(httpInput, context)).rejects.toMatchObject({ code: 'WEB_ADDRESS_PRIVATE' });
  expect(server.asked).toEqual([]);
});

test('requests keep to the rate', async () => {
  // Time passes while somebody sleeps, and only then.
  let nowMs = 1_000;
  const clock: Clock = {
    nowMs: () => nowMs,
    sleep: async (ms, signal) => {
      signal?.throwIfAborted();
      nowMs += ms;
    },
  };
  const askedMs: number[] = [];
  const server = await serve(({ url }) => {
    askedMs.push(nowMs);
    return { body: url.searchParams.get('page') === '3' ? '[]' : list(1) };
  });
  await read(server, { paging: { by: 'page' }, rate: 10 }, { clock });
  expect(askedMs).toEqual([1_000, 1_100, 1_200]);
});
