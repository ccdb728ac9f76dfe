import { afterAll, beforeAll, expect, test } from 'vitest';
import { csvCells } from '../../protocols/csv-cells.ts';
import type { FakeProduct } from '../test-support/fake-product.ts';
import { FakeProduct as Product } from '../test-support/fake-product.ts';
import { DEPARTURES, departure, NOTES, sampleProduct } from '../test-support/sample-product.ts';
import { type PortServer, servePorts } from '../test-support/serve-ports.ts';
import { restPort } from './rest-port.ts';

let server: PortServer;
let product: FakeProduct;
let base: string;

beforeAll(async () => {
  product = sampleProduct();
  server = await servePorts({ ports: [restPort], products: [product], options: { rest: { limit: 7 } } });
  base = `${server.url}/p/flights.departures/v1`;
});
afterAll(() => server.close());

function get(path: string, headers: Record<string, string> = {}) {
  return fetch(path.startsWith('/p/') ? server.url + path : base + path, { headers });
}

/** The rows of an answer as the texts that they came as. */
function rowTexts(body: string): string[] {
  const start = body.indexOf('"rows":[') + 8;
  const end = body.lastIndexOf('],"_links"');
  const counted = body.lastIndexOf('],"count"');
  const list = body.slice(start, counted > 0 ? counted : end);
  return list === '' ? [] : list.split(/(?<=\}),(?=\{"origin")/);
}

interface RowsAnswer {
  readonly position: number;
  readonly rows: readonly Record<string, unknown>[];
  readonly count?: number;
  readonly _links: { readonly self: { readonly href: string }; readonly next?: { readonly href: string } };
}

async function rows(path: string): Promise<RowsAnswer> {
  const answer = await get(path);
  expect(answer.status).toBe(200);
  return (await answer.json()) as RowsAnswer;
}

test('every digit of every number comes as it went in', async () => {
  const answer = await get('/rows?flight=eq.9007199254740993&select=flight,fare,distance,raw');
  const body = await answer.text();
  expect(body).toContain(
    '{"flight":9007199254740993,"fare":123456789012345678.10,"distance":-0.0,"raw":{"n":1e400}}',
  );
});

test('filters, columns, order, limit and count are answered together', async () => {
  const answer = await rows(
    '/rows?or=(delay.gt.100,delay.is.null)&origin=in.(DFW,ORD)&select=delay,origin&order=delay.desc.nullslast&limit=3&count=exact',
  );
  const delays = Array.from({ length: 60 }, (_, i) => ({ i, delay: ((i * 37) % 240) - 30 }))
    .filter(({ i, delay }) => i % 5 <= 1 && i !== 5 && i !== 6 && i % 7 !== 3 && delay > 100)
    .map(({ delay }) => delay);
  const highest = [1155, ...delays].sort((a, b) => b - a).slice(0, 3);
  expect(answer.rows.map((row) => row.delay)).toEqual(highest);
  expect(Object.keys(answer.rows[0] ?? {})).toEqual(['delay', 'origin']);
  expect(answer.count).toBeGreaterThan(3);
  expect(answer.position).toBe(65);
});

test('a page has as many rows as the product says, unless it is asked for others', async () => {
  expect((await rows('/rows')).rows).toHaveLength(7);
  expect((await rows('/rows?limit=59')).rows).toHaveLength(59);
});

test('pages lose and repeat nothing while records keep arriving', async () => {
  const own = new Product('flights.busy', [DEPARTURES]);
  own.append(
    'departures',
    Array.from({ length: 40 }, (_, i) => departure(i)),
  );
  const busy = await servePorts({ ports: [restPort], products: [own] });
  try {
    const seen: string[] = [];
    let next: string | undefined = '/p/flights.busy/v1/rows?order=delay.desc,day&limit=6&note=not.is.null';
    const wanted = await fetch(`${busy.url}${next.replace('limit=6', 'limit=1000')}`);
    const all = rowTexts(await wanted.text());
    for (let i = 40; next !== undefined; i++) {
      const answer = await fetch(busy.url + next);
      expect(answer.headers.get('wharf-position')).toBe('40');
      const body = await answer.text();
      seen.push(...rowTexts(body));
      next = (JSON.parse(body) as RowsAnswer)._links.next?.href;
      expect(answer.headers.get('link')).toBe(next === undefined ? null : `<${next}>; rel="next"`);
      own.append('departures', [
        departure(i),
        departure(i % 40).replace(/"delay":(null|-?\d+)/, '"delay":9'),
      ]);
    }
    expect(seen).toEqual(all);
    expect(new Set(seen).size).toBe(all.length);
  } finally {
    await busy.close();
  }
});

test('a token goes on with its own query only', async () => {
  const first = await rows('/rows?order=delay&limit=5');
  const next = first._links.next?.href ?? '';
  expect((await get(next.replace('limit=5', 'limit=9'))).status).toBe(200);
  for (const [other, code] of [
    [next.replace('order=delay', 'order=day'), 'PAGE_TOKEN_FOREIGN'],
    [`${next}&delay=gt.1`, 'PAGE_TOKEN_FOREIGN'],
    [`${next}&at=60`, 'PAGE_TOKEN_FOREIGN'],
    [next.replace(/after=.*/, 'after=xyz'), 'PAGE_TOKEN_INVALID'],
    [next.replace(/after=.*/, 'after='), 'PAGE_TOKEN_INVALID'],
  ] as const) {
    const answer = await get(other);
    expect([answer.status, await answer.json()]).toMatchObject([400, { code }]);
  }
});

test('a token that was tampered with is refused, whatever it holds', async () => {
  const next = (await rows('/rows?order=delay&limit=5'))._links.next?.href ?? '';
  const token = new URLSearchParams(next.split('?')[1]).get('after') ?? '';
  const content = JSON.parse(Buffer.from(token, 'base64url').toString()) as unknown[];
  for (const forged of [
    [...content.slice(0, 3), 'late'],
    content.slice(0, 3),
    [...content.slice(0, 3), 5],
    { ...content },
  ]) {
    const after = Buffer.from(JSON.stringify(forged)).toString('base64url');
    const answer = await get(next.replace(/after=.*/, `after=${after}`));
    expect([answer.status, await answer.json()]).toMatchObject([400, { code: 'PAGE_TOKEN_INVALID' }]);
  }
});

test('rows are read as they were at a position and at a time', async () => {
  const before = await rows('/rows?flight=eq.9007199254740998&at=60');
  const after = await rows('/rows?flight=eq.9007199254740998');
  expect([before.rows[0]?.delay, after.rows[0]?.delay]).toEqual([155, 1155]);
  const early = await rows('/rows?at=2026-11-21T10:00:09.5Z&count=exact');
  expect([early.position, early.count]).toEqual([10, 10]);
});

test('only an answer at a fixed position may be kept unasked', async () => {
  const cache = async (path: string) => (await get(path)).headers.get('cache-control');
  expect(await cache('/rows')).toBe('no-cache');
  expect(await cache('/rows?at=2026-11-21T10:00:09.5Z')).toBe('no-cache');
  expect(await cache('/rows?at=60')).toBe('private, max-age=3600');
});

test('an answer that the caller has is not computed again', async () => {
  const tag = (await get('/rows?delay=gt.5')).headers.get('etag') ?? '';
  expect(tag).toMatch(/^"[\w-]{22}"$/);
  const before = product.calls.rows;
  const again = await get('/rows?delay=gt.5', { 'If-None-Match': `"x", W/${tag}` });
  expect([again.status, again.headers.get('etag'), again.headers.get('wharf-position')]).toEqual([
    304,
    tag,
    '65',
  ]);
  expect(product.calls.rows).toBe(before);
  expect((await get('/rows?delay=gt.6', { 'If-None-Match': tag })).status).toBe(200);
  expect((await get('/rows?delay=gt.5&at=64', { 'If-None-Match': tag })).status).toBe(200);
  expect((await get('/rows?delay=gt.5', { 'If-None-Match': tag, Accept: 'text/csv' })).status).toBe(200);
});

test('HEAD gives the headers of GET without the rows', async () => {
  const answer = await fetch(`${base}/rows`, { method: 'HEAD' });
  expect([answer.status, answer.headers.get('wharf-position')]).toEqual([200, '65']);
  expect(await answer.text()).toBe('');
});

test('the media type follows Accept and format', async () => {
  const type = async (accept: string, path = '/rows') =>
    (await get(path, { Accept: accept })).headers.get('content-type');
  expect(await type('*/*')).toBe('application/json; charset=utf-8');
  expect(await type('text/html,application/xhtml+xml,*/*;q=0.8')).toBe('application/json; charset=utf-8');
  expect(await type('application/hal+json')).toBe('application/hal+json; charset=utf-8');
  expect(await type('text/csv;q=0.5, application/x-ndjson')).toBe('application/x-ndjson; charset=utf-8');
  expect(await type('text/html', '/rows?format=csv')).toContain('text/csv');
  const refused = await get('/rows', { Accept: 'image/png, application/json;q=0' });
  expect([refused.status, await refused.json()]).toMatchObject([406, { code: 'NOT_ACCEPTABLE' }]);
  expect((await get('/rows')).headers.get('vary')).toBe('Accept');
});

test('NDJSON is the rows, one a line, and the next page in the Link header', async () => {
  const answer = await get('/rows?format=ndjson&limit=2&count=exact');
  expect((await answer.text()).split('\n')).toHaveLength(3);
  expect(answer.headers.get('link')).toMatch(
    /^<\/p\/flights.departures\/v1\/rows\?format=ndjson&limit=2&count=exact&after=[\w-]+>; rel="next"$/,
  );
  expect(answer.headers.get('wharf-count')).toBe('59');
});

test('CSV tells null from empty text, keeps numbers, and defuses formulas unless asked not to', async () => {
  const query = '/rows?format=csv&select=note,fare,crew&order=flight&limit=9';
  const answer = await get(query);
  expect(answer.headers.get('wharf-formula-escape')).toBe('apostrophe');
  const text = await answer.text();
  expect(
    text.startsWith(`note,fare,crew\n'=1+1,123456789012345678.10,"{""captain"":""C0"",""size"":0}"\n`),
  ).toBe(true);
  expect(text).toContain(`\n'tis,`);
  expect(text).toContain('\n,123456789012345681.10,');
  expect(text).toContain('\n"",123456789012345682.10,');
  const raw = await get(`${query}&formulas=raw`);
  expect(raw.headers.get('wharf-formula-escape')).toBeNull();
  expect(csvCells((await raw.text()).split('\n')[1] ?? '', { delimiter: ',', quote: '"' })[0]).toBe('=1+1');
});

test('a row is found by its key, each part encoded on its own', async () => {
  for (const [origin, i] of [
    ['DFW', 0],
    ['a,b', 3],
    ['ü/ß', 4],
  ] as const) {
    const flight = 9007199254740993n + BigInt(i);
    const path = `/rows/${encodeURIComponent(origin)},${flight}`;
    const answer = await get(path);
    const body = await answer.text();
    expect(body).toContain(`{"position":65,"row":{"origin":${JSON.stringify(origin)},"flight":${flight},`);
    const { _links } = JSON.parse(body);
    expect(_links).toEqual({
      self: { href: `/p/flights.departures/v1${path}` },
      collection: { href: '/p/flights.departures/v1/rows' },
    });
    expect([answer.headers.get('wharf-position'), answer.headers.get('etag')]).toEqual([
      '65',
      expect.stringMatching(/^"/),
    ]);
  }
});

test.each([
  ['/rows/DFW,1', 404, 'ROW_UNKNOWN'],
  ['/rows/JFK,9007199254740999', 404, 'ROW_UNKNOWN'],
  ['/rows/DFW', 400, 'ROW_KEY_INVALID'],
  ['/rows/a,b,9007199254740996', 400, 'ROW_KEY_INVALID'],
  ['/rows/DFW,late', 400, 'ROW_KEY_INVALID'],
  ['/rows/DFW,1?select=a', 400, 'PARAMETER_UNKNOWN'],
  ['/d/notes/rows/one', 404, 'ROW_HAS_NO_KEY'],
  ['/d/nothing/rows', 404, 'FAKE_DATASET_UNKNOWN'],
  ['/rows?orgin=eq.DFW', 400, 'COLUMN_UNKNOWN'],
  [`/rows?note=eq.${'x'.repeat(9000)}`, 414, 'QUERY_TOO_LONG'],
  ['/rows?at=late', 400, 'FAKE_AT_UNKNOWN'],
  ['/rows?at=66', 400, 'FAKE_AT_UNKNOWN'],
])('%.40s is answered with %i %s as a problem document', async (path, status, code) => {
  const answer = await get(path);
  expect(answer.headers.get('content-type')).toContain('application/problem+json');
  expect([answer.status, await answer.json()]).toMatchObject([status, { status, code }]);
});

test('a problem is not kept, nor sent under the headers of an answer', async () => {
  const answer = await get('/rows/JFK,1?at=60');
  expect(answer.status).toBe(404);
  expect(answer.headers.get('wharf-position')).toBe('60');
  expect([answer.headers.get('cache-control'), answer.headers.get('etag')]).toEqual(['no-cache', null]);
});

test('a deleted row is still there at the position before', async () => {
  expect((await get('/rows/ORD,9007199254740999')).status).toBe(404);
  expect((await get('/rows/ORD,9007199254740999?at=64')).status).toBe(200);
});

test('other datasets have rows of their own, also with columns named like parameters', async () => {
  const answer = await rows(`/d/${NOTES.name}/rows?and=(limit.gte.1)&order=text&limit=10`);
  expect(answer.rows).toEqual([
    { text: '+three', limit: 3 },
    { text: 'one', limit: 1 },
  ]);
});
