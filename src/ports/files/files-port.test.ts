import { writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as XLSX from '@e965/xlsx';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FILE_FORMATS } from '../../kit/reader.ts';
import { workbookChunks } from '../../kit/workbook/workbook-chunks.ts';
import { FakeProduct } from '../test-support/fake-product.ts';
import { DEPARTURES, departure, sampleProduct } from '../test-support/sample-product.ts';
import { type PortServer, servePorts } from '../test-support/serve-ports.ts';
import { filesPort } from './files-port.ts';

let server: PortServer;
let product: FakeProduct;
let base: string;

beforeAll(async () => {
  product = sampleProduct();
  server = await servePorts({ ports: [filesPort], products: [product] });
  base = `${server.url}/p/flights.departures/v1`;
});
afterAll(() => server.close());

function get(path: string, headers: Record<string, string> = {}) {
  return fetch(base + path, { headers });
}

async function until(condition: () => boolean): Promise<void> {
  await expect.poll(condition).toBe(true);
}

const TYPES: Readonly<Record<string, string>> = {
  parquet: 'application/vnd.apache.parquet',
  csv: 'text/csv; charset=utf-8; header=present',
  ndjson: 'application/x-ndjson; charset=utf-8',
  json: 'application/json; charset=utf-8',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  arrow: 'application/vnd.apache.arrow.stream',
};

test.each(FILE_FORMATS)(
  '%s comes with its type, name, position and tag, and is given back',
  async (format) => {
    const { files, released } = product.calls;
    const answer = await get(`/files/departures.${format}`);
    const body = Buffer.from(await answer.arrayBuffer());
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe(TYPES[format]);
    expect(answer.headers.get('content-disposition')).toBe(
      `attachment; filename="flights.departures.departures-v1-65.${format}"`,
    );
    expect(answer.headers.get('wharf-position')).toBe('65');
    expect(answer.headers.get('etag')).toMatch(/^"[\w-]{22}\.[0-9a-z]+"$/);
    if (format !== 'xlsx') expect(answer.headers.get('content-length')).toBe(String(body.length));
    expect(body.length).toBeGreaterThan(30);
    await until(() => product.calls.released === released + 1);
    expect(product.calls.files).toBe(files + 1);
  },
);

test('a file that the caller has is not even made', async () => {
  const tag = (await get('/files/departures.csv')).headers.get('etag') ?? '';
  const { files } = product.calls;
  const again = await get('/files/departures.csv', { 'If-None-Match': tag });
  expect([again.status, again.headers.get('etag'), await again.text()]).toEqual([304, tag, '']);
  expect(product.calls.files).toBe(files);
  for (const other of [
    '/files/departures.csv?at=64',
    '/files/departures.csv?formulas=raw',
    '/files/departures.json',
  ]) {
    expect((await get(other, { 'If-None-Match': tag })).status).toBe(200);
  }
});

test('a download is taken up again where it broke off', async () => {
  const whole = await get('/files/departures.ndjson');
  const text = Buffer.from(await whole.arrayBuffer());
  const tag = whole.headers.get('etag') ?? '';
  const part = async (range: string, more: Record<string, string> = {}) => {
    const answer = await get('/files/departures.ndjson', { Range: range, ...more });
    return {
      status: answer.status,
      range: answer.headers.get('content-range'),
      body: Buffer.from(await answer.arrayBuffer()),
    };
  };
  const size = text.length;
  expect(await part('bytes=100-199')).toEqual({
    status: 206,
    range: `bytes 100-199/${size}`,
    body: text.subarray(100, 200),
  });
  expect(await part('bytes=100-', { 'If-Range': tag })).toEqual({
    status: 206,
    range: `bytes 100-${size - 1}/${size}`,
    body: text.subarray(100),
  });
  expect(await part('bytes=-50')).toEqual({
    status: 206,
    range: `bytes ${size - 50}-${size - 1}/${size}`,
    body: text.subarray(size - 50),
  });
  expect(await part('bytes=100-199', { 'If-Range': '"other"' })).toEqual({
    status: 200,
    range: null,
    body: text,
  });
  expect(await part('bytes=0-1,5-6')).toEqual({ status: 200, range: null, body: text });
  expect(await part(`bytes=${size}-`)).toMatchObject({ status: 416, range: `bytes */${size}` });
});

test('HEAD tells the length without sending anything', async () => {
  const answer = await fetch(`${base}/files/departures.csv`, { method: 'HEAD' });
  const length = (await (await get('/files/departures.csv')).arrayBuffer()).byteLength;
  expect([answer.status, answer.headers.get('content-length'), await answer.text()]).toEqual([
    200,
    String(length),
    '',
  ]);
  const workbook = await fetch(`${base}/files/departures.xlsx`, { method: 'HEAD' });
  expect([workbook.status, workbook.headers.get('content-length')]).toEqual([200, null]);
  await until(() => product.calls.released === product.calls.files);
});

test('formulas are defused, declared, and left alone when asked', async () => {
  const csv = await get('/files/departures.csv');
  expect([csv.headers.get('wharf-formula-escape'), (await csv.text()).includes(`,'=1+1,`)]).toEqual([
    'apostrophe',
    true,
  ]);
  const raw = await get('/files/departures.csv?formulas=raw');
  expect([raw.headers.get('wharf-formula-escape'), (await raw.text()).includes(',=1+1,')]).toEqual([
    null,
    true,
  ]);
  expect((await get('/files/departures.xlsx')).headers.get('wharf-formula-escape')).toBe('quote-prefix');
  expect((await get('/files/departures.json')).headers.get('wharf-formula-escape')).toBeNull();
});

test('a workbook holds the rows: exact, typed, formulas inert', async () => {
  const body = await (await get('/files/departures.xlsx?at=60')).arrayBuffer();
  const book = XLSX.read(new Uint8Array(body), { cellDates: true, UTC: true });
  const rows = XLSX.utils.sheet_to_json(book.Sheets.data ?? {}, { UTC: true, defval: null }) as Record<
    string,
    unknown
  >[];
  expect(rows).toHaveLength(60);
  expect(rows[0]).toEqual({
    origin: 'DFW',
    flight: '9007199254740993',
    delay: -30,
    fare: '123456789012345678.10',
    distance: '-0.0',
    cancelled: true,
    day: new Date('2001-01-01T00:00:00Z'),
    left: '2001-01-31T22:27:00.123456Z',
    local: new Date('2001-01-31T22:27:00Z'),
    note: '=1+1',
    crew: '{"captain":"C0","size":0}',
    stops: '["A","B,C"]',
    raw: '{"n":1e400}',
  });
  const sheet = book.Sheets.data ?? {};
  expect(Object.entries(sheet).filter(([, cell]) => typeof cell === 'object' && 'f' in cell)).toEqual([]);
});

test('a text too long for a workbook is refused before anything is sent', async () => {
  const own = new FakeProduct('flights.long', [DEPARTURES]);
  const long = departure(1).replace('"note":"say', `"note":"${'x'.repeat(40_000)}`);
  own.append('departures', [departure(0), long, departure(2)]);
  const other = await servePorts({ ports: [filesPort], products: [own] });
  try {
    const answer = await fetch(`${other.url}/p/flights.long/v1/files/departures.xlsx`);
    expect([answer.status, await answer.json()]).toMatchObject([
      422,
      { code: 'XLSX_CELL_TOO_LONG', row: 2, column: 'note' },
    ]);
    expect(answer.headers.get('content-disposition')).toBeNull();
    expect(own.calls.released).toBe(1);
  } finally {
    await other.close();
  }
});

test('a client that goes away leaves no file behind', async () => {
  const own = new FakeProduct('flights.large', [DEPARTURES]);
  own.append(
    'departures',
    Array.from({ length: 20_000 }, (_, i) => departure(i)),
  );
  const other = await servePorts({ ports: [filesPort], products: [own] });
  try {
    for (const format of ['ndjson', 'xlsx']) {
      const { released } = own.calls;
      await new Promise<void>((resolve) => {
        const sent = httpRequest(`${other.url}/p/flights.large/v1/files/departures.${format}`, (answer) => {
          answer.once('data', () => {
            sent.destroy();
            resolve();
          });
        });
        sent.end();
      });
      await until(() => own.calls.released === released + 1);
    }
  } finally {
    await other.close();
  }
});

interface FileList {
  readonly position: number;
  readonly files: readonly { readonly _links: { readonly self: { readonly href: string } } }[];
}

test('the list has every file with its link', async () => {
  const list = (await (await get('/files?at=60')).json()) as FileList;
  expect(list).toMatchObject({
    position: 60,
    _links: { self: { href: '/p/flights.departures/v1/files?at=60' } },
  });
  expect(list.files).toHaveLength(12);
  expect(list.files[0]).toEqual({
    dataset: 'departures',
    format: 'parquet',
    mediaType: TYPES.parquet,
    _links: { self: { href: '/p/flights.departures/v1/files/departures.parquet?at=60' } },
  });
  for (const { _links } of list.files) expect((await fetch(server.url + _links.self.href)).status).toBe(200);
  expect(((await (await get('/d/notes/files')).json()) as FileList).files).toHaveLength(6);
});

test('only the formats that the product declares are there', async () => {
  const limited = await servePorts({
    ports: [filesPort],
    products: [product],
    options: { files: { formats: ['csv', 'xlsx'] } },
  });
  try {
    const answer = await fetch(`${limited.url}/p/flights.departures/v1/files/departures.parquet`);
    expect([answer.status, await answer.json()]).toMatchObject([
      404,
      { code: 'FILE_UNKNOWN', hint: expect.stringContaining('departures.csv, departures.xlsx, notes.csv') },
    ]);
  } finally {
    await limited.close();
  }
});

test.each([
  ['/files/departure.csv', 404, 'FILE_UNKNOWN'],
  ['/files/departures.doc', 404, 'FILE_UNKNOWN'],
  ['/files/departures', 404, 'FILE_UNKNOWN'],
  ['/d/notes/files/departures.csv', 404, 'FILE_UNKNOWN'],
  ['/d/nothing/files/departures.csv', 404, 'FAKE_DATASET_UNKNOWN'],
  ['/files/departures.csv?formulas=no', 400, 'OPTION_INVALID'],
  ['/files/departures.csv?att=60', 400, 'PARAMETER_UNKNOWN'],
  ['/files/departures.csv?at=900', 400, 'FAKE_AT_UNKNOWN'],
])('%s is answered with %i %s', async (path, status, code) => {
  const answer = await get(path);
  expect([answer.status, await answer.json()]).toMatchObject([status, { code }]);
});

test('making a workbook leaves turns for others and keeps little in memory', async () => {
  const file = path.join(tmpdir(), `wharf-workbook-${process.pid}.ndjson`);
  const lines = Array.from({ length: 2_000 }, (_, i) => departure(i)).join('\n');
  writeFileSync(file, Array.from({ length: 20 }, () => lines).join('\n'));
  // Of a loop of 40,000 rows, others get a turn after each part of it, however long that takes here.
  let turns = 0;
  let next = setImmediate(function turn() {
    turns += 1;
    next = setImmediate(turn);
  });
  let bytes = 0;
  let largest = 0;
  for await (const chunk of workbookChunks(file, DEPARTURES.fields, false)) {
    bytes += chunk.length;
    largest = Math.max(largest, chunk.length);
  }
  clearImmediate(next);
  expect(bytes).toBeGreaterThan(500_000);
  expect(largest).toBeLessThan(1_000_000);
  expect(turns).toBeGreaterThan(10);
});

test('a download that runs ends once no more of the file may be given', async () => {
  const access = new AbortController();
  const { released } = product.calls;
  // More than sockets hold for a client that takes nothing.
  product.fileTerms = { bytesMin: 64 * 1024 * 1024, ended: access.signal };
  try {
    const answer = await get('/files/departures.ndjson');
    expect(answer.headers.get('content-length')).toBe(String(64 * 1024 * 1024));
    access.abort(new Error('The agreement has ended.'));
    await expect(answer.arrayBuffer()).rejects.toThrow();
    await until(() => product.calls.released === released + 1);
    expect((await get('/files/departures.ndjson')).ok).toBe(false);
  } finally {
    product.fileTerms = { bytesMin: 0 };
  }
});
