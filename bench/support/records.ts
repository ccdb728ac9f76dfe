/** Records of 280 bytes and 12 fields, the load of most benches. */
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { integerBetween, oneOf, seededRandom } from '../../src/base/random.ts';

const CITIES = ['Amsterdam', 'Berlin', 'Copenhagen', 'Dublin', 'Edinburgh', 'Florence', 'Geneva', 'Hamburg'];
const STATES = ['new', 'paid', 'packed', 'sent', 'delivered', 'returned'];
const RECORD_BYTES = 280;

export const ORDER_FIELDS = `
  id: { type: integer, required: true }
  customer: { type: integer, required: true }
  city: { type: string, required: true }
  state: { type: string, required: true, enum: [${STATES.join(', ')}] }
  amount: { type: decimal(12,2), required: true }
  weight: { type: number, required: true, min: 0 }
  express: { type: boolean, required: true }
  ordered_on: { type: date, required: true }
  changed_at: { type: timestamp, required: true }
  items: { type: integer, required: true, min: 1 }
  note: string
  reference: { type: string, required: true }
`;

/** The record with this number; the same for the same number. */
export function orderRecord(number: number): string {
  const random = seededRandom(number);
  const day = String(integerBetween(random, 1, 28)).padStart(2, '0');
  const month = String(integerBetween(random, 1, 12)).padStart(2, '0');
  const record = {
    id: number,
    customer: integerBetween(random, 1, 100_000),
    city: oneOf(random, CITIES),
    state: oneOf(random, STATES),
    amount: integerBetween(random, 100, 9_999_999) / 100,
    weight: integerBetween(random, 1, 100_000) / 1_000,
    express: random.next() < 0.2,
    ordered_on: `2026-${month}-${day}`,
    changed_at: `2026-${month}-${day}T10:${day}:00Z`,
    items: integerBetween(random, 1, 20),
    note: '',
    reference: `ref-${number.toString(36).padStart(8, '0')}`,
  };
  const short = JSON.stringify(record);
  record.note = 'n'.repeat(Math.max(0, RECORD_BYTES - 1 - short.length));
  return JSON.stringify(record);
}

export async function writeOrders(file: string, count: number, first = 1): Promise<void> {
  const out = createWriteStream(file);
  for (let number = first; number < first + count; ) {
    const lines: string[] = [];
    for (let i = 0; i < 5_000 && number < first + count; i++) lines.push(orderRecord(number++));
    if (!out.write(`${lines.join('\n')}\n`))
      await new Promise<void>((resolve) => out.once('drain', () => resolve()));
  }
  out.end();
  await finished(out);
}

export function ordersMesh(input: string, key = '[id]'): ReadonlyMap<string, string> {
  return new Map([
    ['mesh.yaml', 'mesh: bench\n'],
    [
      'orders.product.yaml',
      `product: shop.orders
version: 1.0.0
status: active
owner: bench
alignment: source
tier: silver
purpose: A load for benches.
inputs:
  source: ${input}
key: ${key}
fields:${ORDER_FIELDS}
access:
  - { allow: [anyone] }
`,
    ],
  ]);
}
