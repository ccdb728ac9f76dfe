import { DuckDBInstance } from '@duckdb/node-api';
import { expect, it } from 'vitest';
import { SEED } from '../../test/support/seed.ts';
import { integerBetween, oneOf, type Random, seededRandom } from '../base/random.ts';
import type { Field } from './field.ts';
import { sqlText } from './sql-type.ts';
import { checkText, textSql } from './text-form.ts';
import { textOrder } from './text-order.ts';

const COUNT = 300;
const LETTERS = [
  '',
  'a',
  'b',
  'Z',
  ' ',
  'é',
  'e\u0301',
  '\u{d7ff}',
  '\u{e000}',
  '\u{ffff}',
  '\u{10000}',
  '🚢',
];

const text = (random: Random) => Array.from({ length: 3 }, () => oneOf(random, LETTERS)).join('');
const digits = (random: Random, max: number) =>
  Array.from({ length: integerBetween(random, 1, max) }, () => integerBetween(random, 0, 9)).join('');
const sign = (random: Random) => (random.next() < 0.5 ? '-' : '');
const two = (random: Random, most: number) => String(integerBetween(random, 1, most)).padStart(2, '0');
const day = (random: Random) =>
  `${oneOf(random, ['0001', '0999', '1999', '2024', '9999'])}-${two(random, 12)}-${two(random, 28)}`;
const clock = (random: Random) =>
  `${two(random, 23)}:${two(random, 59)}:${two(random, 59)}${oneOf(random, ['', '.1', '.100001', '.01'])}`;

const KINDS: readonly (readonly [Omit<Field, 'name'>, (random: Random) => string])[] = [
  [{ type: 'string' }, text],
  [{ type: 'integer' }, (random) => sign(random) + digits(random, 18)],
  [
    { type: 'decimal', precision: 38, scale: 10 },
    (random) => `${sign(random)}${digits(random, 28)}.${digits(random, 10)}`,
  ],
  [
    { type: 'decimal', precision: 9, scale: 2 },
    (random) => `${sign(random)}${digits(random, 3)}.${digits(random, 2)}`,
  ],
  [{ type: 'boolean' }, (random) => oneOf(random, ['true', 'false'])],
  [{ type: 'date' }, day],
  [{ type: 'time' }, clock],
  [{ type: 'timestamp' }, (random) => `${day(random)}T${clock(random)}Z`],
  [{ type: 'timestamp', zone: 'local' }, (random) => `${day(random)}T${clock(random)}`],
  [{ type: 'bytes' }, (random) => Buffer.from(text(random)).toString('base64')],
];

it.each(KINDS)('texts sort as the engine sorts their values: %j', async (kind, draw) => {
  const field: Field = { name: 'value', ...kind };
  const random = seededRandom(SEED);
  const texts = new Set<string>();
  for (let i = 0; i < COUNT; i++) {
    const checked = checkText(field, draw(random));
    if (checked.ok) texts.add(checked.text);
  }
  expect(texts.size).toBeGreaterThan(1);
  const rows = [...texts].map((each) => `(${textSql(field, each)}, ${sqlText(each)})`);
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  await connection.run("set TimeZone = 'UTC'");
  const answer = await connection.runAndReadAll(
    `select t from (values ${rows.join(', ')}) as v(x, t) order by x`,
  );
  expect([...texts].sort(textOrder(field))).toEqual(answer.getRows().map(([each]) => each));
  connection.closeSync();
  instance.closeSync();
});
