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

interface Load {
  readonly slices: readonly Uint8Array[];
  readonly count: number;
  readonly bytes: number;
}

/** The records as slices; texts are not kept, because a large heap would be searched for garbage again and again. */
function loadOf(recordAt: (i: number) => string): Load {
  const slices: Uint8Array[] = [];
  let part: string[] = [];
  let length = 0;
  let bytes = 0;
  for (let i = 0; i < records; i++) {
    const line = recordAt(i);
    part.push(line);
    length += line.length + 1;
    if (length < SLICE_BYTES && i < records - 1) continue;
    slices.push(Buffer.from(`${part.join('\n')}\n`));
    part = [];
    bytes += length;
    length = 0;
  }
  return { slices, count: records, bytes };
}

interface Case extends Load {
  readonly dataset: Dataset;
  readonly framing?: Framing;
  readonly bad?: number;
}

/** Records a second of one pass. */
function validated({ dataset, slices, count, framing = { format: 'ndjson' }, bad = 0 }: Case): () => number {
  const validate = createSliceValidator(dataset);
  return () => {
    let accepted = 0;
    const started = performance.now();
    for (const bytes of slices) accepted += validate({ bytes, framing, line: 1 }).count;
    const ms = performance.now() - started;
    if (accepted !== count - bad)
      throw new Error(`${accepted} of ${count} were accepted, and ${bad} should not be`);
    return (count / ms) * 1_000;
  };
}

/** The baseline: the same lines as JavaScript values, nothing looked at. */
function parsed({ slices, count }: Load): () => number {
  return () => {
    let seen = 0;
    const started = performance.now();
    for (const bytes of slices) {
      const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();
      for (const line of text.split('\n')) if (line !== '' && JSON.parse(line) !== null) seen += 1;
    }
    const ms = performance.now() - started;
    if (seen !== count) throw new Error(`${seen} of ${count} were parsed`);
    return (count / ms) * 1_000;
  };
}

function spoiltRecord(i: number): string {
  const record = orderRecord(i + 1);
  return i % BAD_EVERY === 0 ? record.replace('"items":', '"items":-') : record;
}

function nestedRecord(i: number): string {
  return `{"id":${i},"place":{"x":${i}.5,"y":-0.25},"tags":["a","b"],"payload":{"n":[${i},1.50],"t":"ä"}}`;
}

function csvRecord(i: number): string {
  return Object.values(JSON.parse(orderRecord(i + 1)) as Record<string, unknown>).join(',');
}

const random = seededRandom(1);
const plain = loadOf((i) => orderRecord(i + 1));
const spoilt = { ...loadOf(spoiltRecord), bad: Math.ceil(records / BAD_EVERY) };
const csvFraming: Framing = {
  format: 'csv',
  columns: ORDERS.fields.map((field) => field.name),
  delimiter: ',',
  quote: '"',
  nulls: [],
};

const runs: Readonly<Record<string, () => number>> = {
  'JSON.parse, plain records': parsed(plain),
  'plain records': validated({ dataset: ORDERS, ...plain }),
  'one bad line in 1,000': validated({ dataset: ORDERS, ...spoilt }),
  'decimals and timestamps': validated({ dataset: LEDGER, ...loadOf(() => ledgerRecord(random)) }),
  'nested, with a JSON field': validated({ dataset: NESTED, ...loadOf(nestedRecord) }),
  CSV: validated({ dataset: ORDERS, ...loadOf(csvRecord), framing: csvFraming }),
};

const rates = new Map<string, number[]>(Object.keys(runs).map((name) => [name, []]));
// Rounds go through all of them in turn, so that what else the machine does strikes all alike. The first one warms up.
for (let round = 0; round <= ROUNDS; round++)
  for (const [name, run] of Object.entries(runs)) {
    const rate = run();
    if (round > 0) rates.get(name)?.push(rate);
  }

const ratesOf = (name: string) => rates.get(name) ?? [];
/** Round by round, because what else the machine does changes from round to round. */
const ratio = (name: string, base: string) =>
  median(ratesOf(name).map((rate, round) => rate / (ratesOf(base)[round] ?? rate)));
console.log(
  `${count(records)} records of ${Math.round(plain.bytes / records)} bytes and 12 fields, median of ${ROUNDS} rounds, one thread`,
);
for (const name of Object.keys(runs)) {
  const [middle, best] = [median(ratesOf(name)), Math.max(...ratesOf(name))];
  const ofParse = ratio(name, 'JSON.parse, plain records').toFixed(2);
  console.log(
    `${name.padEnd(28)}${count(middle).padStart(10)}/s   best round ${count(best).padStart(10)}/s   ${ofParse} of JSON.parse`,
  );
}
const cost = 1 - ratio('one bad line in 1,000', 'plain records');
console.log(
  `plain records: wanted ${count(WANTED)}/s; one bad line in 1,000 costs ${(cost * 100).toFixed(1)} % (at most 10 %)`,
);
