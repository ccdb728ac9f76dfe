/**
 * Validation of slices on one thread, beside JSON.parse alone on the same lines: plain records, one bad line in 1,000, a record
 * that is mostly decimals and timestamps, one with nested values, and the same records as CSV.
 *
 *     node scripts/bench.mjs validate [records]
 */
import { integerBetween, type Random, seededRandom } from '../src/base/random.ts';
import type { Dataset, Field } from '../src/schema/field.ts';
import type { Framing } from '../src/schema/framing.ts';
import { createSliceValidator } from '../src/schema/slice-validator.ts';
import { count, median } from './support/measure.ts';
import { orderRecord } from './support/records.ts';

const ROUNDS = 7;
/** As large as a source cuts them. */
const SLICE_BYTES = 512 * 1_024;
const BAD_EVERY = 1_000;
const WANTED = 400_000;
const records = Number(process.argv[2] ?? 200_000);

const required = (name: string, type: Field['type'], more: Partial<Field> = {}): Field => ({
  name,
  type,
  required: true,
  ...more,
});
const money = { precision: 12, scale: 2 };

const ORDERS: Dataset = {
  name: 'orders',
  key: ['id'],
  extra: 'refuse',
  fields: [
    required('id', 'integer'),
    required('customer', 'integer'),
    required('city', 'string'),
    required('state', 'string', { enum: ['new', 'paid', 'packed', 'sent', 'delivered', 'returned'] }),
    required('amount', 'decimal', money),
    required('weight', 'number', { min: '0' }),
    required('express', 'boolean'),
    required('ordered_on', 'date'),
    required('changed_at', 'timestamp'),
    required('items', 'integer', { min: '1' }),
    { name: 'note', type: 'string' },
    required('reference', 'string'),
  ],
};

const LEDGER: Dataset = {
  name: 'ledger',
  key: 'none',
  extra: 'refuse',
  fields: [
    ...Array.from({ length: 6 }, (_, i) => required(`amount_${i}`, 'decimal', money)),
    ...Array.from({ length: 6 }, (_, i) => required(`at_${i}`, 'timestamp')),
  ],
};

function ledgerRecord(random: Random): string {
  const two = (to: number) => String(integerBetween(random, 1, to)).padStart(2, '0');
  const amounts = Array.from(
    { length: 6 },
    (_, i) => `"amount_${i}":${integerBetween(random, 0, 9_999_999)}.${two(99)}`,
  );
  const times = Array.from(
    { length: 6 },
    (_, i) => `"at_${i}":"2026-${two(12)}-${two(28)}T${two(23)}:${two(59)}:07.25Z"`,
  );
  return `{${[...amounts, ...times].join(',')}}`;
}

const NESTED: Dataset = {
  name: 'nested',
  key: ['id'],
  extra: 'refuse',
  fields: [
    required('id', 'integer'),
    required('place', 'object', { fields: [required('x', 'number'), required('y', 'number')] }),
    required('tags', 'array', { items: required('items', 'string') }),
    required('payload', 'json'),
  ],
};

function cutIntoSlices(lines: readonly string[]): Uint8Array[] {
  const slices: Uint8Array[] = [];
  let part: string[] = [];
  let length = 0;
  for (const line of lines) {
    part.push(line);
    length += line.length + 1;
    if (length < SLICE_BYTES) continue;
    slices.push(Buffer.from(`${part.join('\n')}\n`));
    part = [];
    length = 0;
  }
  if (part.length > 0) slices.push(Buffer.from(`${part.join('\n')}\n`));
  return slices;
}

interface Case {
  readonly dataset: Dataset;
  readonly lines: readonly string[];
  readonly framing?: Framing;
  readonly bad?: number;
}

/** Records a second of one pass. */
function validated({ dataset, lines, framing = { format: 'ndjson' }, bad = 0 }: Case): () => number {
  const validate = createSliceValidator(dataset);
  const slices = cutIntoSlices(lines);
  return () => {
    let accepted = 0;
    const started = performance.now();
    for (const bytes of slices) accepted += validate({ bytes, framing, line: 1 }).count;
    const ms = performance.now() - started;
    if (accepted !== lines.length - bad)
      throw new Error(`${accepted} of ${lines.length} were accepted, and ${bad} should not be`);
    return (lines.length / ms) * 1_000;
  };
}

/** The baseline: the same lines as JavaScript values, nothing looked at. */
function parsed(lines: readonly string[]): () => number {
  const slices = cutIntoSlices(lines);
  return () => {
    let seen = 0;
    const started = performance.now();
    for (const bytes of slices) {
      for (const line of Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString().split('\n'))
        if (line !== '' && JSON.parse(line) !== null) seen += 1;
    }
    const ms = performance.now() - started;
    if (seen !== lines.length) throw new Error(`${seen} of ${lines.length} were parsed`);
    return (lines.length / ms) * 1_000;
  };
}

const plain = Array.from({ length: records }, (_, i) => orderRecord(i + 1));
const spoilt = plain.map((line, i) => (i % BAD_EVERY === 7 ? line.replace('"items":', '"items":-') : line));
const random = seededRandom(1);
const ledger = Array.from({ length: records }, () => ledgerRecord(random));
const nested = plain.map(
  (_, i) => `{"id":${i},"place":{"x":${i}.5,"y":-0.25},"tags":["a","b"],"payload":{"n":[${i},1.50],"t":"ä"}}`,
);
const csv = plain.map((line) => Object.values(JSON.parse(line) as Record<string, unknown>).join(','));
const csvFraming: Framing = {
  format: 'csv',
  columns: ORDERS.fields.map((field) => field.name),
  delimiter: ',',
  quote: '"',
  nulls: [],
};

const runs: Readonly<Record<string, () => number>> = {
  'JSON.parse, plain records': parsed(plain),
  'plain records': validated({ dataset: ORDERS, lines: plain }),
  'one bad line in 1,000': validated({
    dataset: ORDERS,
    lines: spoilt,
    bad: spoilt.filter((line, i) => line !== plain[i]).length,
  }),
  'decimals and timestamps': validated({ dataset: LEDGER, lines: ledger }),
  'nested, with a JSON field': validated({ dataset: NESTED, lines: nested }),
  CSV: validated({ dataset: ORDERS, lines: csv, framing: csvFraming }),
};

const rates = new Map<string, number[]>(Object.keys(runs).map((name) => [name, []]));
// Rounds go through all of them in turn, so that what else the machine does strikes all alike. The first one warms up.
for (let round = 0; round <= ROUNDS; round++)
  for (const [name, run] of Object.entries(runs)) {
    const rate = run();
    if (round > 0) rates.get(name)?.push(rate);
  }

const rateOf = (name: string) => median(rates.get(name) ?? []);
const base = rateOf('JSON.parse, plain records');
const bytes = Math.round(plain.reduce((sum, line) => sum + line.length + 1, 0) / plain.length);
console.log(
  `${count(records)} records of ${bytes} bytes and 12 fields, median of ${ROUNDS} rounds, one thread`,
);
for (const name of Object.keys(runs))
  console.log(
    `${name.padEnd(28)}${count(rateOf(name)).padStart(10)}/s   ${(rateOf(name) / base).toFixed(2)} of JSON.parse`,
  );
const cost = 1 - rateOf('one bad line in 1,000') / rateOf('plain records');
console.log(
  `plain records: wanted ${count(WANTED)}/s; one bad line in 1,000 costs ${(cost * 100).toFixed(1)} % (at most 10 %)`,
);
