import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { filesPort } from '../files/files-port.ts';
import { restPort } from '../rest/rest-port.ts';
import { streamPort } from '../stream/stream-port.ts';
import { FakeProduct } from '../test-support/fake-product.ts';
import { DEPARTURES, sampleProduct } from '../test-support/sample-product.ts';
import { type PortServer, servePorts } from '../test-support/serve-ports.ts';
import { JsonText, writeDocument } from './json-text.ts';

interface Parameter {
  readonly name?: string;
  readonly in?: string;
  readonly example?: unknown;
}

interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly Parameter[];
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly example?: unknown }>> }>
  >;
}

interface Document {
  readonly servers: readonly [{ readonly url: string }];
  readonly paths: Readonly<Record<string, { readonly get: Operation }>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
}

let server: PortServer;
let text: string;
let document: Document;

beforeAll(async () => {
  const single = new FakeProduct('flights.empty', [DEPARTURES]);
  server = await servePorts({
    ports: [restPort, filesPort, streamPort],
    products: [sampleProduct(), single],
  });
  text = await (await fetch(`${server.url}/p/flights.departures/v1/openapi.json`)).text();
  document = JSON.parse(text) as Document;
});
afterAll(() => server.close());

test('the document is valid OpenAPI 3.1, also for a product without rows', async () => {
  const empty = await (await fetch(`${server.url}/p/flights.empty/v1/openapi.json`)).json();
  for (const one of [JSON.parse(text), empty]) {
    const validator = new Validator();
    const { valid, errors } = await validator.validate(one as Record<string, unknown>);
    expect({ valid, errors: valid ? undefined : errors }).toEqual({ valid: true, errors: undefined });
    expect(validator.version).toBe('3.1');
  }
});

test('the schemas are valid JSON Schema, and the rows of the examples are valid by them', () => {
  const ajv = new Ajv2020({ strict: false });
  addFormats.default(ajv);
  const validate = ajv.compile(document.components.schemas.departures ?? {});
  const { example } = document.paths['/rows']?.get.responses['200']?.content?.['application/json'] ?? {};
  const { rows } = example as { readonly rows: readonly unknown[] };
  expect(rows).toHaveLength(2);
  for (const row of rows) expect(validate(row) || validate.errors).toBe(true);
});

test('examples are real rows with every digit', () => {
  expect(text).toContain('"rows":[{"origin":"DFW","flight":9007199254740993,');
  expect(text).toContain('"fare":123456789012345678.10');
});

test('what the document shows as an example is answered', async () => {
  const asked: string[] = [];
  for (const [path, { get }] of Object.entries(document.paths)) {
    if (path === '/stream') continue;
    const parameters = get.parameters ?? [];
    const inPath = parameters.filter((p) => p.in === 'path');
    const filled = inPath.reduce((p, { name, example }) => p.replace(`{${name}}`, String(example)), path);
    const queries = parameters.filter((p) => p.in === 'query' && p.example !== undefined);
    const query = queries.map(({ name, example }) => `${name}=${encodeURIComponent(String(example))}`);
    for (const part of ['', ...query.map((q) => `?${q}`)]) {
      const answer = await fetch(server.url + document.servers[0].url + filled + part);
      await answer.arrayBuffer();
      expect([filled + part, answer.status]).toEqual([filled + part, 200]);
      asked.push(filled + part);
    }
  }
  expect(asked.length).toBeGreaterThan(15);
});

test('every dataset, every column and every port is described, under names of their own', () => {
  expect(Object.keys(document.paths)).toEqual([
    '/rows',
    '/rows/{key}',
    '/d/departures/rows',
    '/d/departures/rows/{key}',
    '/d/notes/rows',
    '/openapi.json',
    '/files',
    '/files/{file}',
    '/stream',
  ]);
  const names = document.paths['/rows']?.get.parameters?.map((p) => p.name);
  expect(names).toEqual(expect.arrayContaining(DEPARTURES.fields.map((field) => field.name)));
  const ids = Object.values(document.paths).map(({ get }) => get.operationId);
  expect(new Set(ids).size).toBe(ids.length);
});

test('a column named like a parameter is not described twice', () => {
  const names = document.paths['/d/notes/rows']?.get.parameters?.map((p) => p.name);
  expect(names?.filter((name) => name === 'limit')).toHaveLength(1);
});

test('texts stand in a document as they are', () => {
  const value = { a: [new JsonText('1.50'), null, undefined], b: undefined, c: 'x"y' };
  expect(writeDocument(value)).toBe('{"a":[1.50,null,null],"c":"x\\"y"}');
});
