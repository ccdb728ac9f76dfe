/**
 * Requests made up from what a product says of itself (`openapi.json`), with odd values where values go: every one is answered, no answer is
 * a failure of the server's own, and what is refused is refused by a problem document with a code.
 */
import { strict as assert } from 'node:assert';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { itemsSpec } from '../../support/mesh-folder.ts';
import { WharfProcess } from '../../support/wharf-process.ts';
import type { Experiment, ExperimentOptions, Report } from './experiment.ts';
import { fuzzTarget } from './fuzz/target.ts';

const SHORT_REQUESTS = 80;
const LONG_REQUESTS = 20_000;
/** A request that is not answered within this hangs. */
const ANSWER_MS_MAX = 120_000;

const SPEC = itemsSpec(
  'inputs:\n  source: { from: push }\nkey: [id]\nfields:\n  id: { type: integer, required: true }\n  name: string\n  price: { type: decimal(12,2) }\n  day: date\n  at: timestamp\n  place: { type: object, fields: { a: string } }\n',
);

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly example?: unknown;
  readonly schema?: { readonly enum?: readonly unknown[]; readonly default?: unknown };
}

interface Operation {
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly Parameter[];
}

interface MadeUp {
  readonly operation: Operation;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

export const requests: Experiment = {
  name: 'requests',
  promises: ['P10'],
  doc: 'Requests are made up from the description that a product gives of itself, with odd values.',
  run,
};

async function run({ seed, form, folder, tell }: ExperimentOptions): Promise<Report> {
  const mesh = path.join(folder, 'mesh');
  mkdirSync(mesh);
  writeFileSync(path.join(mesh, 'mesh.yaml'), 'mesh: test\n');
  writeFileSync(path.join(mesh, 'items.product.yaml'), SPEC);
  const wharf = await WharfProcess.start({ mesh, data: path.join(folder, 'data') });
  try {
    const operations = await describedOperations(wharf.url);
    const statuses = new Map<string, number>();
    const target = fuzzTarget('requests', LONG_REQUESTS, madeUp(operations), async (request) => {
      const status = await answered(wharf.url, request);
      const kind = `${Math.floor(status / 100)}xx`;
      statuses.set(kind, (statuses.get(kind) ?? 0) + 1);
    });
    const found = await target.try(seed, form === 'long' ? LONG_REQUESTS : SHORT_REQUESTS);
    await wharf.get('/healthz');
    tell(`${operations.length} operations: ${JSON.stringify(Object.fromEntries(statuses))}`);
    const figures = { operations: operations.length, ...Object.fromEntries(statuses) };
    return { figures, findings: found === undefined ? [] : [found] };
  } finally {
    await wharf.kill();
  }
}

async function describedOperations(url: string): Promise<Operation[]> {
  const response = await fetch(`${url}/p/test.items/v1/openapi.json`);
  const { paths, servers } = (await response.json()) as {
    paths: Record<string, Record<string, unknown>>;
    servers?: readonly { readonly url: string }[];
  };
  const base = new URL(servers?.[0]?.url ?? '/', url).pathname.replace(/\/$/, '');
  return Object.entries(paths).flatMap(([place, { parameters, ...methods }]) =>
    Object.entries(methods).flatMap(([method, operation]) => {
      const own = (operation as { parameters?: Parameter[] }).parameters ?? [];
      return {
        method: method.toUpperCase(),
        path: `${base}${place}`,
        parameters: [...((parameters as Parameter[]) ?? []), ...own],
      };
    }),
  );
}

const ODD = [
  '',
  '0',
  '-1',
  '1',
  '9223372036854775808',
  '1e999',
  'null',
  'true',
  'earliest',
  'latest',
  '2001-01-31',
  '"',
  "'",
  '(',
  'in.(',
  'eq.1',
].concat([
  'gt.',
  'not.is.null',
  'like.*',
  'or=(',
  '../..',
  '%',
  '\u0000',
  '🛫',
  'x'.repeat(3_000),
  'id',
  'id.desc',
  '*',
  'a,b',
  '{}',
  '[]',
]);
const odd = fc.oneof(fc.constantFrom(...ODD), fc.string({ maxLength: 12, unit: 'grapheme' }));
const HEADERS: Readonly<Record<string, readonly string[]>> = {
  Accept: [
    '*/*',
    'application/json',
    'text/csv',
    'application/x-ndjson',
    'text/html',
    'x',
    'text/event-stream;q=0',
  ],
  Range: ['bytes=0-1', 'bytes=-1', 'bytes=5-1', 'lines=1', 'bytes=99999999999999999999-'],
  'If-None-Match': ['*', '"x"', 'W/"1"', ''],
  'Last-Event-ID': ['0', '1', '-1', 'x', '9007199254740993'],
  'Content-Type': ['application/json', 'application/x-ndjson', 'text/csv', '', 'application/json; charset=x'],
  'Content-Encoding': ['gzip', 'identity', 'br'],
  'Idempotency-Key': ['a', 'x'.repeat(300), ''],
};
const BODIES = [
  '',
  '{',
  '[]',
  '[{}]',
  '{"id":1}',
  '[{"id":1},{"id":"x"}]',
  '{"id":1}\n{"id":2,"name":null}\n',
  '\u0000',
  '[[[[',
  '"x"',
  '{"id":1,"id":2}',
  '{"id":1e400}',
];

function madeUp(operations: readonly Operation[]): fc.Arbitrary<MadeUp> {
  const headers = fc.record(
    Object.fromEntries(Object.entries(HEADERS).map(([name, values]) => [name, fc.constantFrom(...values)])),
    { requiredKeys: [] },
  ) as fc.Arbitrary<Record<string, string>>;
  return fc.constantFrom(...operations).chain((operation) =>
    fc.record({
      operation: fc.constant(operation),
      path: pathOf(operation),
      headers,
      body:
        operation.method === 'GET' ? fc.constant(undefined) : fc.oneof(fc.constantFrom(...BODIES), fc.json()),
    }),
  );
}

function pathOf(operation: Operation): fc.Arbitrary<string> {
  const value = ({ example, schema }: Parameter) => {
    const known = [example, schema?.default, ...(schema?.enum ?? [])]
      .filter((one) => one !== undefined)
      .map(String);
    return known.length === 0 ? odd : fc.oneof(odd, fc.constantFrom(...known));
  };
  const inPath = operation.path.match(/\{[^}]+\}/g) ?? [];
  const inQuery = operation.parameters.filter((parameter) => parameter.in === 'query');
  const query = fc.tuple(...inQuery.map((parameter) => fc.option(value(parameter), { freq: 2 })));
  return fc
    .tuple(fc.array(odd, { minLength: inPath.length, maxLength: inPath.length }), query)
    .map(([parts, values]) => {
      const place = inPath.reduce(
        (text, name, i) => text.replace(name, () => encoded(parts[i] ?? '')),
        operation.path,
      );
      const pairs = values.flatMap((one, i) =>
        one === null ? [] : [`${encoded(inQuery[i]?.name ?? '')}=${encoded(one)}`],
      );
      return pairs.length === 0 ? place : `${place}?${pairs.join('&')}`;
    });
}

function encoded(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

async function answered(url: string, { operation, path: place, headers, body }: MadeUp): Promise<number> {
  const ending = new AbortController();
  const signal = AbortSignal.any([ending.signal, AbortSignal.timeout(ANSWER_MS_MAX)]);
  const response = await fetch(`${url}${place}`, {
    method: operation.method,
    headers,
    signal,
    ...(body === undefined ? {} : { body }),
  });
  const type = response.headers.get('Content-Type') ?? '';
  // A stream has no end; that it began is the answer.
  const text = type.startsWith('text/event-stream') ? '' : await response.text();
  ending.abort();
  const shown = `${operation.method} ${place} is answered by ${response.status}: ${text.slice(0, 300)}`;
  const isBusy = response.status === 503 && response.headers.has('Retry-After');
  assert.ok(response.status < 500 || isBusy, shown);
  if (response.status >= 400 && response.status !== 422) {
    assert.ok(type.startsWith('application/problem+json'), `${shown}; it is no problem document`);
    assert.match(String((JSON.parse(text) as { code?: unknown }).code), /^[A-Z_]+$/, shown);
  }
  if (response.status === 200 && type.startsWith('application/json')) JSON.parse(text);
  return response.status;
}
