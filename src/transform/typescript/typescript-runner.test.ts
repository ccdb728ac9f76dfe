import { afterAll, describe, expect, it } from 'vitest';
import type { Field } from '../../schema/field.ts';
import { buildTypescript } from './build-typescript.ts';
import { type FetchRows, TypescriptRunner } from './typescript-runner.ts';

const ORDER: readonly Field[] = [
  { name: 'id', type: 'integer' },
  { name: 'count', type: 'integer', min: '0', max: '1000' },
  { name: 'price', type: 'decimal', precision: 20, scale: 4 },
  { name: 'weight', type: 'number' },
  { name: 'day', type: 'date' },
  { name: 'payload', type: 'json' },
  { name: 'tags', type: 'array', items: { name: 'items', type: 'integer' } },
  { name: 'place', type: 'object', fields: [{ name: 'x', type: 'decimal', precision: 9, scale: 2 }] },
];
const AIRPORT: readonly Field[] = [
  { name: 'iata', type: 'string' },
  { name: 'next', type: 'string' },
];

const runners: TypescriptRunner[] = [];
afterAll(() => Promise.all(runners.map((runner) => runner.close())));

async function runnerOf(source: string, recordMs = 1_000): Promise<TypescriptRunner> {
  const transform = { language: 'typescript', source, file: 'orders.ts' } as never;
  const { built, problems } = await buildTypescript(transform);
  if (!built) throw new Error(JSON.stringify(problems));
  const setup = {
    inputs: [
      { name: 'orders', fields: ORDER, key: [] },
      { name: 'airports', fields: AIRPORT, key: AIRPORT.slice(0, 1) },
    ],
    fields: ORDER,
  };
  const runner = new TypescriptRunner({ built, setup, recordMs });
  runners.push(runner);
  return runner;
}

const nothing: FetchRows = async (asked) => asked.map(() => ({ row: undefined }));

async function outcomes(body: string, records: readonly string[], fetch = nothing, recordMs = 1_000) {
  const source = `import { defineTransform } from 'wharf:test.orders';\nexport default defineTransform({\n  orders(record: any, { lookup }: any) {\n${body}\n  },\n});\n`;
  const ran = await (await runnerOf(source, recordMs)).run('orders', records, fetch);
  return ran.map(({ rows, failure }) => failure ?? rows);
}

describe('a transform in TypeScript', () => {
  it('hands every digit over and back', async () => {
    const record =
      '{"id":9007199254740993,"count":12,"price":12345678901234.5600,"weight":0.1,"day":"2001-01-31","payload":{"n":1.000000000000000000001},"tags":[9223372036854775807,null],"place":{"x":1.50}}';
    expect(await outcomes('return [record];', [record])).toEqual([[record]]);
  });

  it('types values as the generated types say', async () => {
    const body =
      'return [{ day: [typeof record.id, typeof record.count, typeof record.price, typeof record.weight, typeof record.payload.text].join() }];';
    const record = '{"id":1,"count":2,"price":3,"weight":4,"payload":[5]}';
    expect(await outcomes(body, [record])).toEqual([['{"day":"bigint,number,string,number,string"}']]);
  });

  it('sets aside what throws, with the message and the line, and goes on', async () => {
    const records = ['{"id":1}', '{"id":2}', '{"id":3}'];
    const body =
      "    if (record.id === 2n) {\n      throw new RangeError('no twos');\n    }\n    return [{ id: record.id * 2n }];";
    expect(await outcomes(body, records)).toEqual([
      ['{"id":2}'],
      'RangeError: no twos (orders.ts:5)',
      ['{"id":6}'],
    ]);
  });

  it.each([
    ['return record;', /must give an array of rows; received a Object/],
    ['return Promise.resolve([]) as any;', /cannot wait for anything/],
    ['return [5];', /A row must be an object; received 5/],
    [
      'return [{ id: 2 ** 60 }];',
      /\/id is 1152921504606847000, which a number does not hold exactly; give a bigint/,
    ],
    ['return [{ price: 0.1 }];', /\/price is 0.1; a decimal is a text such as "12.50"/],
    ['return [{ weight: 1 / 0 }];', /\/weight is Infinity/],
    ['return [{ payload: [1] }];', /\/payload is an array; JSON is given as \{ text/],
    ['return [{ payload: { text: "{" } }];', /Expected/],
    ['return [{ day: new Date(0) }];', /\/day is a Date; write its text/],
    ['return [{ id: () => 1n }];', /\/id is a function/],
  ])('refuses %s by name', async (body, message) => {
    expect(await outcomes(body, ['{"id":1}'])).toEqual([expect.stringMatching(message)]);
  });

  it.each([
    'Date.now()',
    'new Date()',
    'Date()',
    'new (new Date(0).constructor as any)()',
    'Math.random()',
    'process.env',
    '(globalThis as any).require("fs")',
    'fetch("http://127.0.0.1")',
    'setTimeout(() => 1, 1)',
    'crypto.randomUUID()',
    'performance.now()',
    'new Uint8Array(1)',
    'new (globalThis as any).ArrayBuffer(1)',
    'new Intl.DateTimeFormat("en").format()',
    'eval("1")',
    'new Function("return 1")()',
    'this.constructor.constructor("return process")()',
    'globalThis.constructor.constructor("return process")()',
  ])('has no %s', async (expression) => {
    const [outcome] = await outcomes(`return [{ day: String(${expression}) }];`, ['{"id":1}']);
    expect(outcome).toMatch(/is not there in a transform|Code generation from strings disallowed|undefined/);
  });

  it('stops a record that takes too long, and no other', async () => {
    const body = 'if (record.id === 2n) for (;;) {}\nreturn [{ id: record.id }];';
    const records = ['{"id":1}', '{"id":2}', '{"id":3}'];
    expect(await outcomes(body, records, nothing, 200)).toEqual([
      ['{"id":1}'],
      'The record took more than 200 ms.',
      ['{"id":3}'],
    ]);
  });

  it('survives a record that takes all memory, and names it', async () => {
    const body =
      'if (record.id === 5n) { const all: any[] = []; for (;;) all.push(new Array(100000).fill(all.length)); }\nreturn [{ id: record.id }];';
    const records = Array.from({ length: 8 }, (_, i) => `{"id":${i + 1}}`);
    const found = await outcomes(body, records, nothing, 20_000);
    expect(found[4]).toMatch(/ended the process of the transform .* more than 128 MB/);
    expect(found.filter((_, i) => i !== 4)).toEqual([1, 2, 3, 4, 6, 7, 8].map((id) => [`{"id":${id}}`]));
  });

  it('looks rows up that depend on one another, each once', async () => {
    const asked: string[] = [];
    const fetch: FetchRows = async (rows) =>
      rows.map(({ key }) => {
        asked.push(key);
        return { row: key.includes('DFW') ? '{"iata":"DFW","next":"ORD"}' : undefined };
      });
    const body =
      'const a = lookup.airports({ iata: "DFW" });\nreturn [{ day: [a.next, typeof lookup.airports({ iata: a.next })].join(" ") }];';
    expect(await outcomes(body, ['{}', '{}'], fetch)).toEqual([
      ['{"day":"ORD undefined"}'],
      ['{"day":"ORD undefined"}'],
    ]);
    expect(asked).toEqual(['{"iata":"DFW"}', '{"iata":"ORD"}']);
  });

  it('knows that a row was asked for though the code catches everything', async () => {
    const fetch: FetchRows = async (rows) => rows.map(() => ({ row: '{"iata":"DFW","next":"found"}' }));
    const body =
      'let day = "nothing";\ntry { day = lookup.airports({ iata: "DFW" }).next; } catch {}\nreturn [{ day }];';
    expect(await outcomes(body, ['{}'], fetch)).toEqual([['{"day":"found"}']]);
  });

  it('refuses a look-up that names no row', async () => {
    expect(await outcomes('return [lookup.airports({ code: "DFW" })];', ['{}'])).toEqual([
      expect.stringMatching(
        /lookup.airports\(\) wants exactly the key's fields \(iata\), none of them null. \(orders.ts:4\)/,
      ),
    ]);
  });

  it.each([
    ['export default { orders: 5 };', /"orders" is 5, not a function/],
    ['export const x = 1;', /no default export/],
    ['throw new Error("at once");', /at once \(orders.ts:1\)/],
  ])('cannot be loaded: %s', async (source, message) => {
    const runner = await runnerOf(source);
    await expect(runner.functions()).rejects.toThrow(message);
  });

  it.each([
    ['import { x } from "./other.ts";\nexport default x;', '"./other.ts", another file or package', 18],
    ['import fs from "node:fs";\nexport default fs;', '"node:fs", a module of Node', 15],
    ['export default {\n  orders( {\n};', 'Expected', 30],
  ])('cannot be built: %s', async (source, message, offset) => {
    const transform = { language: 'typescript', source, file: 'orders.ts' } as never;
    const { problems } = await buildTypescript(transform);
    expect(problems?.[0]).toMatchObject({ message: expect.stringContaining(message) });
    expect(problems?.[0]?.offset).toBe(offset);
  });
});
