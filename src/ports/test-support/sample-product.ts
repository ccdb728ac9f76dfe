/** A product with what is hard to carry: exact numbers, formulas, quotes, nulls, nested values, a composite key. */
import type { Dataset } from '../../schema/field.ts';
import { FakeProduct } from './fake-product.ts';

export const DEPARTURES: Dataset = {
  name: 'departures',
  key: ['origin', 'flight'],
  extra: 'refuse',
  fields: [
    { name: 'origin', type: 'string', required: true },
    { name: 'flight', type: 'integer', required: true },
    { name: 'delay', type: 'integer', unit: 'minutes' },
    { name: 'fare', type: 'decimal', precision: 20, scale: 2 },
    { name: 'distance', type: 'number' },
    { name: 'cancelled', type: 'boolean' },
    { name: 'day', type: 'date' },
    { name: 'left', type: 'timestamp' },
    { name: 'local', type: 'timestamp', zone: 'local' },
    { name: 'note', type: 'string' },
    {
      name: 'crew',
      type: 'object',
      fields: [
        { name: 'captain', type: 'string' },
        { name: 'size', type: 'integer' },
      ],
    },
    { name: 'stops', type: 'array', items: { name: 'items', type: 'string' } },
    { name: 'raw', type: 'json' },
  ],
};

export const NOTES: Dataset = {
  name: 'notes',
  key: 'row',
  extra: 'refuse',
  fields: [
    { name: 'text', type: 'string' },
    { name: 'limit', type: 'integer', doc: 'Named like a parameter.' },
  ],
};

const ORIGINS = ['DFW', 'ORD', 'JFK', 'a,b', 'ü/ß'];
const NOTE_TEXTS = ['=1+1', 'say "hi", twice', "'tis", null, '', 'line\nbreak', '@cmd', 'plain', 'x\u000by'];

export function departure(i: number): string {
  const note = NOTE_TEXTS[i % NOTE_TEXTS.length] ?? null;
  const delay = i % 7 === 3 ? 'null' : String(((i * 37) % 240) - 30);
  return (
    `{"origin":${JSON.stringify(ORIGINS[i % ORIGINS.length])},"flight":${9007199254740993n + BigInt(i)},"delay":${delay}` +
    `,"fare":${123456789012345678n + BigInt(i)}.10,"distance":${i === 0 ? '-0.0' : `${i}.5`},"cancelled":${i % 3 === 0}` +
    `,"day":"2001-01-${String((i % 28) + 1).padStart(2, '0')}","left":"2001-01-31T22:27:00.123456Z"` +
    `,"local":"2001-01-31T22:27:00","note":${JSON.stringify(note)}` +
    `,"crew":{"captain":"C${i}","size":${i % 5}},"stops":["A","B,C"],"raw":{"n":1e400}}`
  );
}

/** 60 departures, of which one is changed and one deleted again, and three notes: 65 positions. */
export function sampleProduct(): FakeProduct {
  const product = new FakeProduct('flights.departures', [DEPARTURES, NOTES], {
    doc: 'Departures, as far as tests need.',
  });
  product.append(
    'departures',
    Array.from({ length: 60 }, (_, i) => departure(i)),
  );
  product.append('notes', [
    '{"text":"one","limit":1}',
    '{"text":"two","limit":null}',
    '{"text":"+three","limit":3}',
  ]);
  product.append('departures', [departure(5).replace('"delay":', '"delay":1')]);
  product.append('departures', [departure(6)], 'delete');
  return product;
}
