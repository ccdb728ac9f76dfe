import { DuckDBInstance } from '@duckdb/node-api';
import { expect, it } from 'vitest';
import { present } from '../../base/assert.ts';
import { integerBetween, seededRandom } from '../../base/random.ts';
import { pgText } from './pg-text.ts';
import { TEXT_CELL_BYTES, textCells } from './text-cells.ts';
import { stringAt, validItems } from './vector-access.ts';

const SEED = Number(process.env.WHARF_SEED ?? 5_432);
const ENDS = ['0', '-0', '1', '-1', '9', '10', '-10', '99', '100', '127', '-128'];
const BIGINTS = [
  ...[8, 16, 31, 32, 33, 52, 53, 54, 63].flatMap((bits) => [2n ** BigInt(bits) - 1n, -(2n ** BigInt(bits))]),
  2n ** 53n + 1n,
];
const TIMES = [
  ...[
    '0001-01-01 00:00:00',
    '1684-01-01 00:00:00.000001',
    '1969-12-31 23:59:59.999999',
    '9999-12-31 23:59:59.9',
  ],
  ...[
    '1970-01-01',
    '2000-02-29 12:00:00.5',
    '2255-06-05 23:47:34.740992',
    'infinity',
    '-infinity',
    '0044-03-15 (BC)',
  ],
];
const DATES = [
  '0001-01-01',
  '9999-12-31',
  '10000-01-01',
  '1970-01-01',
  '1969-12-31',
  'infinity',
  '0044-03-15 (BC)',
];
const TEXTS = [
  "''",
  "'x'",
  "'twelve bytes'",
  "'thirteen byte'",
  "'ä€😀'",
  "chr(65279) || 'b'",
  "repeat('long ', 50)",
];

function columns(): ReadonlyMap<string, readonly string[]> {
  const random = seededRandom(SEED);
  const some = (make: () => string) => Array.from({ length: 300 }, make);
  const whole = (most: number) => String(integerBetween(random, -most, most));
  return new Map([
    ['tinyint', ENDS],
    ['smallint', [...ENDS, '32767', '-32768']],
    ['integer', [...ENDS, '2147483647', '-2147483648', ...some(() => whole(2 ** 31 - 1))]],
    ['bigint', [...ENDS, ...BIGINTS.map(String), ...some(() => whole(2 ** 53 - 1))]],
    [
      'timestamp',
      [...TIMES.map((text) => `'${text}'`), ...some(() => `make_timestamp(${whole(2 ** 53 - 1)})`)],
    ],
    ['timestamptz', TIMES.map((text) => `'${text}'`)],
    ['date', [...DATES.map((text) => `'${text}'`), ...some(() => `date '2000-01-01' + ${whole(700_000)}`)]],
    ['varchar', TEXTS],
  ]);
}

it(`writes a value as a slow and simple way does, or leaves it to that (seed ${SEED})`, async () => {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run("set TimeZone = 'UTC'");
  const page = Buffer.alloc(TEXT_CELL_BYTES + 1);
  for (const [type, values] of columns()) {
    const rows = [...values.map((value) => `((${value})::${type})`), '(null)'];
    const result = await connection.run(`select * from (values ${rows.join(', ')}) t(v)`);
    let seen = 0;
    let left = 0;
    for (const chunk of await result.fetchAllChunks()) {
      const vector = present(chunk.getColumnVector(0), 'there is a column');
      const write = present(textCells(vector), `${type} has a writer`);
      const isValid = validItems(vector);
      for (let row = 0; row < chunk.rowCount; row++, seen++) {
        const value = vector.getItem(row);
        expect(isValid(row)).toBe(value !== null);
        if (value === null) continue;
        const end = write(row, page, 1);
        if (end === 0) left += 1;
        else {
          expect(page.readInt32BE(1)).toBe(end - 5);
          const text = type === 'varchar' ? stringAt(vector, row) : pgText(value, vector.type);
          expect(page.toString('utf8', 5, end)).toBe(text);
        }
      }
    }
    expect(seen).toBe(rows.length);
    // What is left to the other way is the few that do not fit.
    expect(left).toBeLessThan(rows.length);
    if (values.length > 20) expect(left).toBeLessThan(12);
  }
  connection.closeSync();
  instance.closeSync();
});
