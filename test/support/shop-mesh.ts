/** A small shop, served by HTTP and SQL: two products with keys, a reference, docs, and every type of field. */
import path from 'node:path';
import { systemClock } from '../../src/base/clock.ts';
import { inputs } from '../../src/inputs/index.ts';
import { ports } from '../../src/ports/index.ts';
import { checkMesh } from '../../src/runtime/check/check-mesh.ts';
import { type Serving, serve } from '../../src/runtime/serve.ts';
import { meshFolder } from './mesh-folder.ts';

const COMMON = `version: 1.0.0
status: active
owner: test
alignment: source
tier: silver
inputs:
  source: { from: push }
access:
  - { allow: [anyone] }
`;

const CUSTOMERS = `product: shop.customers
purpose: Who buys.
${COMMON}
key: [id]
fields:
  id: { type: integer }
  name: { type: string, required: true, doc: What the customer is called }
  city: string
  since: { type: date, doc: First order }
`;

const ORDERS = `product: shop.orders
purpose: What was ordered.
${COMMON}
key: [id]
fields:
  id: { type: integer, doc: Number of the order }
  customer: { type: integer, required: true }
  amount: { type: "decimal(12,2)", doc: In euro }
  weight: number
  express: boolean
  ordered_on: date
  at_time: time
  changed_at: timestamp
  seen_at: { type: timestamp, zone: local }
  tags: { type: array, items: { type: string } }
  counts: { type: array, items: { type: integer } }
  more: json
  picture: bytes
  reference: { type: string, format: uuid }
checks:
  - references: customer -> shop.customers.id
`;

/** Small whole numbers, some of them missing. */
const NUMBERS = `product: shop.numbers
purpose: To be computed with.
${COMMON}
key: [k]
fields:
  k: { type: integer }
  a: integer
  b: integer
  c: integer
  d: integer
  e: integer
`;

export const SHOP_ORDERS = 2_000;
export const SHOP_CUSTOMERS = 50;
export const SHOP_NUMBERS = 60;
const CITIES = ['Amsterdam', 'Berlin', null, "l'Aquila", 'Zürich'];

export interface Shop {
  readonly serving: Serving;
  readonly folder: string;
  /** Statement in, answer as JSON lines out. */
  sql(body: unknown, accept?: string): Promise<Response>;
  close(): Promise<void>;
}

export async function serveShop(): Promise<Shop> {
  const folder = await meshFolder({
    'customers.product.yaml': CUSTOMERS,
    'orders.product.yaml': ORDERS,
    'numbers.product.yaml': NUMBERS,
  });
  const registries = { inputs, ports, deliveries: {} };
  const { mesh, diagnostics } = await checkMesh(folder, registries);
  if (!mesh) throw new Error(`the mesh is not valid: ${JSON.stringify(diagnostics, undefined, 2)}`);
  const dataFolder = path.join(folder, '.wharf');
  const serving = await serve({
    mesh,
    dataFolder,
    registries,
    host: '127.0.0.1',
    port: 0,
    sqlPort: 0,
    clock: systemClock,
  });
  await pushLines(
    serving.url,
    'shop.customers',
    Array.from({ length: SHOP_CUSTOMERS }, (_, i) => customer(i)),
  );
  await pushLines(
    serving.url,
    'shop.orders',
    Array.from({ length: SHOP_ORDERS }, (_, i) => order(i)),
  );
  await pushLines(
    serving.url,
    'shop.numbers',
    Array.from({ length: SHOP_NUMBERS }, (_, i) => numbers(i)),
  );
  const sql = (body: unknown, accept = 'application/json') =>
    fetch(`${serving.url}/api/sql`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Accept: accept },
      body: JSON.stringify(body),
    });
  return { serving, folder, sql, close: () => serving.close() };
}

async function pushLines(url: string, product: string, lines: readonly string[]): Promise<void> {
  const response = await fetch(`${url}/p/${product}/v1/inputs/source`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/x-ndjson' },
    body: lines.join('\n'),
  });
  const answer = await response.text();
  if (response.status !== 200) throw new Error(`${product}: ${answer}`);
}

function customer(id: number): string {
  return JSON.stringify({
    id,
    name: `Customer ${id}`,
    city: CITIES[id % CITIES.length],
    since: day(id * 11),
  });
}

function numbers(k: number): string {
  const value = (prime: number) => ((k * prime) % 11 === 5 ? null : ((k * prime) % 97) + 100);
  return JSON.stringify({ k, a: value(7), b: value(13), c: value(29), d: value(53), e: value(71) });
}

/** Every seventh has nothing but what it must have. */
function order(id: number): string {
  const base = `"id":${id},"customer":${(id * 7) % SHOP_CUSTOMERS}`;
  if (id % 7 === 3) return `{${base}}`;
  const reference = `00000000-0000-4000-8000-${String(id).padStart(12, '0')}`;
  return `{${base},"amount":${id}.${String(id % 100).padStart(2, '0')},"weight":${(id % 13) / 4},"express":${id % 3 === 0},
    "ordered_on":"${day(id)}","at_time":"12:34:${String(id % 60).padStart(2, '0')}.5","changed_at":"${day(id)}T22:27:00.000001Z",
    "seen_at":"${day(id)}T03:04:05","tags":["a","b \\"${id % 5}\\"","NULL",""],"counts":[${id},9007199254740993],
    "more":{"x":9007199254740993,"y":[1.50]},"picture":"AAH/","reference":"${reference}"}`.replaceAll(
    /\n\s*/g,
    '',
  );
}

function day(number: number): string {
  return new Date(Date.UTC(2024, 0, 1 + (number % 700))).toISOString().slice(0, 10);
}
