import { DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Field } from './field.ts';
import { readJson } from './json-reader.ts';
import { sqlType } from './sql-type.ts';
import { checkText, textSql, valueText, valueTexts } from './text-form.ts';

const field = (type: Field['type'], more: Partial<Field> = {}): Field => ({ name: 'f', type, ...more });
const money = field('decimal', { precision: 6, scale: 2 });

async function connect() {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run("set TimeZone = 'UTC'");
  return connection;
}
let connection: Awaited<ReturnType<typeof connect>>;
beforeAll(async () => {
  connection = await connect();
});
afterAll(() => connection.closeSync());

/** What the engine makes of a literal: its type and its own text. */
async function inEngine(sql: string): Promise<{ type: unknown; text: unknown }> {
  const reader = await connection.runAndReadAll(`select typeof(v), v::varchar from (select ${sql} as v)`);
  const [type, text] = reader.getRows()[0] ?? [];
  return { type, text };
}

describe('checkText', () => {
  it.each([
    [field('integer'), '9223372036854775807', '9223372036854775807'],
    [field('integer'), '-9223372036854775808', '-9223372036854775808'],
    [field('integer'), '+007', '7'],
    [field('integer'), '1.0e3', '1000'],
    [field('integer'), '-0', '0'],
    [field('number'), '1.50', '1.5'],
    [field('number'), '-0', '-0.0'],
    [field('number'), '1e21', '1e+21'],
    [money, '12.5', '12.50'],
    [money, '-0.0', '0.00'],
    [money, '9999.99', '9999.99'],
    [money, '1e3', '1000.00'],
    [field('decimal', { precision: 2, scale: 2 }), '.5', '0.50'],
    [field('date'), '2000-02-29', '2000-02-29'],
    [field('time'), '22:27:00.500', '22:27:00.5'],
    [field('timestamp'), '2001-01-31T22:27:00+02:00', '2001-01-31T20:27:00Z'],
    [field('timestamp'), '2000-03-01 00:10:00.000001+00:30', '2000-02-29T23:40:00.000001Z'],
    [field('timestamp'), '1999-12-31T23:30:00-01:00', '2000-01-01T00:30:00Z'],
    [field('timestamp', { zone: 'local' }), '2001-01-31 22:27:00', '2001-01-31T22:27:00'],
    [field('bytes'), 'AAE=', 'AAE='],
    [field('string'), '', ''],
    [field('array', { items: field('integer') }), '[ 1.0, null ]', '[1,null]'],
    [field('object', { fields: [field('date'), { ...money, name: 'm' }] }), '{"m":1}', '{"f":null,"m":1.00}'],
  ])('gives the one text of a value: %o %s', (of, given, canonical) => {
    expect(checkText(of, given)).toEqual({ ok: true, text: canonical });
    expect(checkText(of, canonical)).toEqual({ ok: true, text: canonical });
  });

  it.each([
    [
      field('integer'),
      ['9223372036854775808', '-9223372036854775809', '1.5', '', 'x', '1e999999999999', '0x10', ' 1'],
    ],
    [field('number'), ['0.1234567890123456789', '1e400', 'NaN', 'Infinity', '', '1e-400']],
    [money, ['12.505', '10000', '1e4', '']],
    [field('boolean'), ['TRUE', '1', '']],
    [
      field('date'),
      ['2001-02-29', '1900-02-29', '2001-00-01', '2001-13-01', '2001-1-1', '0000-01-01', '20010101'],
    ],
    [field('time'), ['24:00:00', '22:27', '22:27:00.1234567', '22:60:00']],
    [field('timestamp'), ['2001-01-31T22:27:00', '0001-01-01T00:00:00+00:01', '2001-01-31T22:27:00+24:00']],
    [field('timestamp', { zone: 'local' }), ['2001-01-31T22:27:00Z', '2001-01-31']],
    [field('bytes'), ['AAE', 'AAF=', 'A A=']],
    [field('string'), ['a\0b', '\ud800']],
    [field('json'), ['{', 'abc']],
    [field('array', { items: field('integer') }), ['{}', '["1"]', '[1.5]', '1']],
    [field('object', { fields: [field('date')] }), ['{"x":1}', '{"f":null,"f":null}', '[]']],
  ])('refuses what is not a value of %o', (of, texts) => {
    for (const text of texts) expect({ text, ...checkText(of, text) }).toMatchObject({ text, ok: false });
  });

  it('says what was expected', () => {
    expect(checkText(money, '1.234')).toEqual({
      ok: false,
      expected: 'a decimal(6,2): at most 4 digits before the point and 2 after it',
    });
  });
});

describe('textSql', () => {
  it('gives the engine the same value and the type of the column', async () => {
    const instant = { zone: 'utc' as const };
    const cases: [Field, string, string][] = [
      [field('integer'), '-9223372036854775808', '-9223372036854775808'],
      [field('number'), '-0', '-0.0'],
      [field('number'), '1e21', '1e+21'],
      [field('decimal', { precision: 38, scale: 3 }), '12345678901234567890.5', '12345678901234567890.500'],
      [field('boolean'), 'true', 'true'],
      [field('date'), '0001-01-01', '0001-01-01'],
      [field('time'), '22:27:00.000001', '22:27:00.000001'],
      [field('timestamp', instant), '2001-01-31T22:27:00.5+02:00', '2001-01-31 20:27:00.5+00'],
      [field('timestamp', { zone: 'local' }), '2001-01-31T22:27:00', '2001-01-31 22:27:00'],
      [field('bytes'), 'AAE=', '\\x00\\x01'],
      [field('string'), "O'Hare; drop", "O'Hare; drop"],
      [field('array', { items: field('integer') }), '[]', '[]'],
      [field('array', { items: field('date') }), '["2001-01-31",null]', '[2001-01-31, NULL]'],
      [field('object', { fields: [{ ...money, name: 'a b' }] }), '{"a b":1}', "{'a b': 1.00}"],
    ];
    for (const [of, given, text] of cases) {
      const column = await inEngine(`cast(null as ${sqlType(of)})`);
      expect(await inEngine(textSql(of, given))).toEqual({ type: column.type, text });
    }
  });

  it('never lets a text become SQL', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), async (text) => {
        if (!checkText(field('string'), text).ok) return;
        expect((await inEngine(textSql(field('string'), text))).text).toBe(text);
      }),
      { numRuns: 200 },
    );
    expect(() => textSql(field('integer'), '1 or 1=1')).toThrow('expected a whole number');
  });

  it('agrees with the engine on every offset', async () => {
    const two = (value: number) => String(value).padStart(2, '0');
    const instants = fc
      .tuple(
        fc.integer({ min: 2, max: 9998 }),
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 28 }),
        fc.integer({ min: 0, max: 1439 }),
        fc.integer({ min: -839, max: 839 }),
      )
      .map(([year, month, day, minute, offset]) => {
        const time = `${two(Math.floor(minute / 60))}:${two(minute % 60)}:30`;
        const by = `${offset < 0 ? '-' : '+'}${two(Math.floor(Math.abs(offset) / 60))}:${two(Math.abs(offset) % 60)}`;
        return `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}T${time}${by}`;
      });
    await fc.assert(
      fc.asyncProperty(instants, async (given) => {
        const engine = await inEngine(`strftime(TIMESTAMPTZ '${given}', '%Y-%m-%dT%H:%M:%SZ')`);
        expect(checkText(field('timestamp'), given)).toEqual({
          ok: true,
          text: String(engine.text).padStart(20, '0'),
        });
      }),
      { numRuns: 200 },
    );
  });
});

describe('valueText', () => {
  it('gives for a value of a document the text that finds it again', () => {
    const fields = [
      field('integer'),
      { ...money, name: 'm' },
      { ...field('string'), name: 's' },
      { ...field('number'), name: 'n' },
    ];
    expect(valueTexts(fields, '{"s":"a,b","f":9007199254740993,"n":1e21,"m":1.5}')).toEqual([
      '9007199254740993',
      '1.50',
      'a,b',
      '1e+21',
    ]);
    expect(valueTexts(fields, '{"m":"1.5"}')).toEqual([null, '1.50', null, null]);
    expect(valueText(field('json'), readJson('"a"'))).toBe('"a"');
  });

  it('refuses a value of another type', () => {
    expect(() => valueText(field('date'), readJson('5'))).toThrow(
      'The value "5" of "f" is not valid: expected a day',
    );
  });
});

describe('decimal text', () => {
  it('is the exact value, digit for digit', () => {
    const parts = fc.tuple(
      fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }),
      fc.integer({ min: 0, max: 10 }),
    );
    fc.assert(
      fc.property(parts, ([units, scale]) => {
        const of = field('decimal', { precision: 38, scale: 10 });
        const result = checkText(of, `${units}e-${scale}`);
        expect(result.ok && BigInt(result.text.replace('.', ''))).toBe(units * 10n ** BigInt(10 - scale));
      }),
    );
  });
});
