import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { tableFromIPC } from 'apache-arrow';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Dataset } from '../schema/field.ts';
import { restoredText } from '../schema/formula-text.ts';
import { TestEngines, TestStore } from './test-store.ts';

const STREAM = 'shop.cells@1';
const CELLS: Dataset = {
  name: 'cells',
  key: ['id'],
  extra: 'refuse',
  fields: [
    { name: 'id', type: 'integer' },
    { name: 'text', type: 'string' },
    { name: 'price', type: 'decimal', precision: 38, scale: 4 },
    { name: 'ratio', type: 'number' },
    { name: 'ok', type: 'boolean' },
    { name: 'day', type: 'date' },
    { name: 'at', type: 'timestamp' },
    { name: 'wall', type: 'timestamp', zone: 'local' },
    { name: 'raw', type: 'bytes' },
    { name: 'doc', type: 'json' },
    {
      name: 'place',
      type: 'object',
      fields: [
        { name: 'x', type: 'number' },
        { name: 'seen', type: 'timestamp' },
      ],
    },
  ],
};
const LOG: Dataset = { name: 'log', key: 'none', extra: 'refuse', fields: [{ name: 'v', type: 'integer' }] };

const JOURNALED =
  '{"id":9007199254740993,"text":"=1+1","price":"1234567890123456789012345678901234.5678","ratio":-0.0,"ok":true,"day":"2001-01-31",' +
  '"at":"2001-01-31T22:27:00.5Z","wall":"2001-01-31T22:27:00","raw":"+/8=","doc":"{\\"a\\": 1.10}","place":{"x":0.1,"seen":"2001-01-31T22:27:00Z"}}';
const SHOWN =
  '{"id":9007199254740993,"text":"=1+1","price":1234567890123456789012345678901234.5678,"ratio":-0.0,"ok":true,"day":"2001-01-31",' +
  '"at":"2001-01-31T22:27:00.5Z","wall":"2001-01-31T22:27:00","raw":"+/8=","doc":{"a": 1.10},"place":{"x":0.1,"seen":"2001-01-31T22:27:00Z"}}';
const TEXTS = [
  '=cmd()',
  '+1',
  '-1',
  '@x',
  "'",
  "'=x",
  "''=x",
  '\t=x',
  '\rx',
  'plain',
  'a,"b"\nc',
  '',
  "it's",
  ' =x',
];

describe('snapshot files', () => {
  let engines: TestEngines;
  let test: TestStore;
  let head: number;
  beforeAll(async () => {
    engines = await TestEngines.start();
    test = await TestStore.open(engines, [{ stream: STREAM, datasets: [CELLS, LOG], historyMs: undefined }]);
    await test.journal.commit({
      appends: [{ stream: STREAM, dataset: 'cells', count: 1, body: Buffer.from(`${JOURNALED}\n`) }],
    });
    await test.store.flush(STREAM);
    await test.push(
      STREAM,
      TEXTS.map((text, id) => ({ dataset: 'cells', document: { id, text } })),
    );
    await test.push(
      STREAM,
      [3, 1, 2].map((v) => ({ dataset: 'log', document: { v } })),
    );
    head = test.journal.head(STREAM);
  });
  afterAll(async () => {
    await test.close();
    await engines.close();
  });

  async function write(
    format: 'parquet' | 'csv' | 'ndjson' | 'json' | 'arrow',
    options: { dataset?: string; position?: number; defuse?: boolean } = {},
  ) {
    const { dataset = 'cells', position = head, defuse = false } = options;
    const file = path.join(test.folder, `${dataset}.${format}`);
    await test.store.writeFile({ stream: STREAM, dataset, position, format, defuseFormulas: defuse, file });
    return file;
  }

  it('hold every value exactly as NDJSON', async () => {
    const lines = readFileSync(await write('ndjson'), 'utf8').split('\n');
    expect(lines).toContain(SHOWN);
    expect(lines.length).toBe(TEXTS.length + 2);
    expect(lines.at(-1)).toBe('');
  });

  it('are one valid array as JSON, also when there are no rows', async () => {
    const text = readFileSync(await write('json'), 'utf8');
    expect(text).toContain(SHOWN);
    expect((JSON.parse(text) as unknown[]).length).toBe(TEXTS.length + 1);
    expect(JSON.parse(readFileSync(await write('json', { position: 0 }), 'utf8'))).toEqual([]);
    expect(readFileSync(await write('ndjson', { position: 0 }), 'utf8')).toBe('');
  });

  it('hold texts as they are as CSV, nested values as JSON, and tell null from empty', async () => {
    const text = readFileSync(await write('csv'), 'utf8');
    const rows = parse(text, { columns: true }) as Record<string, string>[];
    const exact = rows.find((row) => row.id === '9007199254740993');
    expect(exact).toEqual({
      id: '9007199254740993',
      text: '=1+1',
      price: '1234567890123456789012345678901234.5678',
      ratio: '-0.0',
      ok: 'true',
      day: '2001-01-31',
      at: '2001-01-31T22:27:00.5Z',
      wall: '2001-01-31T22:27:00',
      raw: '+/8=',
      doc: '{"a": 1.10}',
      place: '{"x":0.1,"seen":"2001-01-31T22:27:00Z"}',
    });
    expect(
      rows
        .filter((row) => row.id !== exact?.id)
        .map((row) => row.text)
        .sort(),
    ).toEqual([...TEXTS].sort());
    expect(text).toContain('11,"",,');
  });

  it('hold no formula as CSV when asked so, and give every text back', async () => {
    const rows = parse(readFileSync(await write('csv', { defuse: true }), 'utf8'), {
      columns: true,
    }) as Record<string, string>[];
    for (const row of rows) expect(row.text).not.toMatch(/^[=+\-@\t\r]/);
    const texts = rows.filter((row) => Number(row.id) < 1_000).sort((a, b) => Number(a.id) - Number(b.id));
    expect(texts.map((row) => restoredText(row.text ?? ''))).toEqual(TEXTS);
    expect(rows.find((row) => row.id === '9007199254740993')?.raw).toBe("'+/8=");
  });

  it('hold typed columns as Parquet and Arrow', async () => {
    const file = await write('parquet');
    const result = await engines.reader.run(
      `SELECT id, price::VARCHAR, "at"::VARCHAR FROM read_parquet('${file}') WHERE price IS NOT NULL`,
    );
    expect(result.rows).toEqual([
      [9007199254740993n, '1234567890123456789012345678901234.5678', '2001-01-31 22:27:00.5+00'],
    ]);
    const table = tableFromIPC(readFileSync(await write('arrow')));
    expect(table.numRows).toBe(TEXTS.length + 1);
    expect([...(table.getChild('id') ?? [])]).toContain(9007199254740993n);
  });

  it('hold records without a key in the order in which they came', async () => {
    expect(readFileSync(await write('ndjson', { dataset: 'log' }), 'utf8')).toBe(
      '{"v":3}\n{"v":1}\n{"v":2}\n',
    );
    expect(statSync(await write('parquet', { dataset: 'log', position: head - 1 })).size).toBeGreaterThan(0);
  });

  it('stop being written when nobody wants them any more', async () => {
    const file = path.join(test.folder, 'aborted.csv');
    const signal = AbortSignal.abort(new Error('not wanted'));
    const options = {
      stream: STREAM,
      dataset: 'cells',
      position: head,
      format: 'csv' as const,
      defuseFormulas: false,
      file,
      signal,
    };
    await expect(test.store.writeFile(options)).rejects.toThrow('not wanted');
  });
});
