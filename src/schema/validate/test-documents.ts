/** For tests: random contracts, random documents in random writings, and a word on equal values that shares no code with ours. */
import fc from 'fast-check';
import type { Field } from '../field.ts';

/** Names as sources have them: keywords, blanks, quotes, other alphabets. */
const NAMES = ['id', 'select', 'Cost: $', 'a"b', 'straße', '数', 'a/b~c', '😀', 'back\\slash', 'constructor'];
const DEPTH_MAX = 2;

const constraints: Readonly<Record<string, readonly Partial<Field>[]>> = {
  string: [
    { length: { min: 1, max: 3 } },
    { enum: ['a', 'ä', ''] },
    { pattern: '^[a-zä😀]+$' },
    { format: 'email' },
  ],
  integer: [{ min: '-5', max: '9007199254740993' }, { enum: ['0', '42', '9007199254740993'] }],
  number: [{ min: '-0.5', max: '1e300' }, { enum: ['0.1', '-5'] }],
  decimal: [{ min: '0.10', max: '12.5' }, { enum: ['1.5', '0'] }],
  date: [{ min: '2000-02-29', max: '2024-12-31' }, { enum: ['2001-01-31'] }],
  time: [{ min: '08:00:00', max: '22:27:00.5' }],
  timestamp: [{ min: '2001-01-31T00:00:00', max: '2024-12-31T00:00:00' }],
  bytes: [{ length: { min: 1, max: 2 } }],
  boolean: [{ enum: ['true'] }],
};

/** A field of any type; objects and arrays down to DEPTH_MAX. `constrained` adds constraints and defaults to some. */
export function anyField(name: string, constrained: boolean, depth = 0): fc.Arbitrary<Field> {
  const scalars = (
    ['string', 'integer', 'number', 'boolean', 'date', 'time', 'timestamp', 'json', 'bytes'] as const
  ).map((type) => constrainedField({ name, type }, constrained));
  const decimal = fc
    .tuple(fc.integer({ min: 1, max: 38 }), fc.nat(38))
    .chain(([precision, scale]) =>
      constrainedField({ name, type: 'decimal', precision, scale: Math.min(scale, precision) }, constrained),
    );
  const local = constrainedField({ name, type: 'timestamp', zone: 'local' }, constrained);
  if (depth >= DEPTH_MAX) return fc.oneof(...scalars, decimal, local);
  const object = anyFields(constrained, depth + 1).map((fields): Field => ({ name, type: 'object', fields }));
  const array = anyField('items', constrained, depth + 1).map(
    (items): Field => ({ name, type: 'array', items }),
  );
  return fc.oneof(...scalars, decimal, local, object, array);
}

function constrainedField(field: Field, constrained: boolean): fc.Arbitrary<Field> {
  if (!constrained) return fc.constant(field);
  const some = fc.constantFrom<Partial<Field>>({}, {}, ...(constraints[field.type] ?? []));
  return fc.tuple(some, fc.boolean()).map(([more, required]) => {
    const zoned =
      field.type === 'timestamp' && field.zone !== 'local'
        ? {
            ...more,
            ...(more.min ? { min: `${more.min}Z` } : {}),
            ...(more.max ? { max: `${more.max}Z` } : {}),
          }
        : more;
    return { ...field, ...zoned, ...(required ? { required } : {}) };
  });
}

export function anyFields(constrained: boolean, depth = 0): fc.Arbitrary<readonly Field[]> {
  return fc
    .uniqueArray(fc.constantFrom(...NAMES), { minLength: 1, maxLength: 5 })
    .chain((names) => fc.tuple(...names.map((name) => anyField(name, constrained, depth))));
}

/** A value and one of its writings: what ports must give for it, and what a source may send. */
export interface Written {
  /** In JSON form. */
  readonly canonical: string;
  readonly written: string;
}

/** A document that the fields accept (they have no constraints). */
export function validDocument(fields: readonly Field[]): fc.Arbitrary<Written> {
  return fc.tuple(...fields.map((field) => fc.option(validValue(field), { freq: 6 }))).chain((values) => {
    const canonical = `{${values.map((v, i) => `${nameOf(fields[i])}:${v?.canonical ?? 'null'}`).join(',')}}`;
    const members = values.flatMap((v, i) => (v ? [`${nameOf(fields[i])}:${v.written}`] : []));
    return fc
      .tuple(fc.shuffledSubarray(members, { minLength: members.length }), fc.constantFrom('', ' ', '\t'))
      .map(([order, blank]) => ({ canonical, written: `{${blank}${order.join(`,${blank}`)}${blank}}` }));
  });
}

function nameOf(field: Field | undefined): string {
  return JSON.stringify(field?.name);
}

function validValue(field: Field): fc.Arbitrary<Written> {
  switch (field.type) {
    case 'integer':
      return fc
        .tuple(
          fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
          fc.nat(63),
          fc.constantFrom('', '.0', 'e0'),
        )
        .map(([wide, shift, end]) =>
          written(String(wide >> BigInt(shift)), `${wide >> BigInt(shift)}${end}`),
        );
    case 'number':
      return fc
        .double({ noNaN: true, noDefaultInfinity: true })
        .map((x) => written(doubleLiteral(x), doubleLiteral(x)));
    case 'decimal':
      return decimalValue(field.precision ?? 38, field.scale ?? 0);
    case 'boolean':
      return fc.boolean().map((b) => written(String(b)));
    case 'string':
      return fc
        .string({ unit: 'grapheme', maxLength: 8 })
        .map((s) => written(JSON.stringify(s.replaceAll('\0', ''))));
    case 'bytes':
      return fc
        .uint8Array({ maxLength: 5 })
        .map((bytes) => written(JSON.stringify(Buffer.from(bytes).toString('base64'))));
    case 'json':
      return jsonText().map((text) => written(text));
    case 'date':
      return anyInstant().map((us) => written(`"${isoText(us).slice(0, 10)}"`));
    case 'time':
      return anyInstant().map((us) => written(`"${isoText(us).slice(11)}"`));
    case 'timestamp':
      return timestampValue(field.zone === 'local');
    case 'object':
      return validDocument(field.fields ?? []);
    case 'array':
      return fc
        .array(fc.option(validValue(field.items ?? field), { freq: 6 }), { maxLength: 3 })
        .map((items) => ({
          canonical: `[${items.map((i) => i?.canonical ?? 'null').join(',')}]`,
          written: `[${items.map((i) => i?.written ?? 'null').join(',')}]`,
        }));
  }
}

function written(canonical: string, text = canonical): Written {
  return { canonical, written: text };
}

function doubleLiteral(x: number): string {
  return Object.is(x, -0) ? '-0.0' : String(x);
}

function decimalValue(precision: number, scale: number): fc.Arbitrary<Written> {
  const most = 10n ** BigInt(precision) - 1n;
  return fc
    .tuple(fc.bigInt({ min: -most, max: most }), fc.nat(precision), fc.nat(3))
    .map(([wide, lessDigits, way]) => {
      const unscaled = wide / 10n ** BigInt(lessDigits);
      const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, '0');
      const sign = unscaled < 0n ? '-' : '';
      const point = digits.length - scale;
      const text = scale === 0 ? sign + digits : `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
      return written(text, [text, `"${text}"`, `${unscaled}e-${scale}`, `${text}e0`][way] ?? text);
    });
}

/** Microseconds in the years 2 to 9998, so that an offset stays within 1 to 9999. */
function anyInstant(): fc.Arbitrary<bigint> {
  return fc.bigInt({ min: -62_104_060_800_000_000n, max: 253_370_764_799_999_999n });
}

/** `2001-01-31T22:27:00.5`, by the platform's calendar. */
function isoText(us: bigint): string {
  const micros = ((us % 1_000_000n) + 1_000_000n) % 1_000_000n;
  const date = new Date(Number((us - micros) / 1_000n)).toISOString().slice(0, 19);
  const fraction = String(micros).padStart(6, '0').replace(/0+$/, '');
  return fraction === '' ? date : `${date}.${fraction}`;
}

function timestampValue(local: boolean): fc.Arbitrary<Written> {
  return fc
    .tuple(anyInstant(), fc.integer({ min: -1439, max: 1439 }), fc.constantFrom('T', ' ', 't'), fc.boolean())
    .map(([us, minutes, divider, asUtc]) => {
      if (local) return written(`"${isoText(us)}"`, `"${isoText(us).replace('T', divider)}"`);
      const canonical = `"${isoText(us)}Z"`;
      if (asUtc) return written(canonical);
      const there = isoText(us + BigInt(minutes) * 60_000_000n).replace('T', divider);
      const two = (n: number) => String(Math.floor(Math.abs(n))).padStart(2, '0');
      const offset = `${minutes < 0 ? '-' : '+'}${two(Math.abs(minutes) / 60)}:${two(minutes % 60)}`;
      return written(canonical, `"${there}${offset}"`);
    });
}

/** JSON that is not null, without repeated names, with numbers that no double holds. */
function jsonText(): fc.Arbitrary<string> {
  const number = fc.constantFrom('0', '-0', '1.50', '1e400', '12345678901234567890.123', '-1E-5');
  const text = fc
    .string({ unit: 'grapheme', maxLength: 4 })
    .map((s) => JSON.stringify(s.replaceAll('\0', '')));
  const leaf = fc.oneof(number, text, fc.constantFrom('true', '[]', '{}'));
  const array = fc.array(leaf, { maxLength: 3 }).map((items) => `[${items.join(',')}]`);
  const object = fc
    .uniqueArray(fc.tuple(text, leaf), { maxLength: 3, selector: ([name]) => name })
    .map((members) => `{${members.map(([n, v]) => `${n}:${v}`).join(',')}}`);
  return fc.oneof(leaf, array, object);
}

/** The JSON text with every number as one writing of its exact value, and every text as JSON.stringify writes it. */
export function byValue(json: string): string {
  return json.replaceAll(/"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?/gu, (token) =>
    token.startsWith('"') ? JSON.stringify(JSON.parse(token)) : exactValue(token),
  );
}

function exactValue(number: string): string {
  const [mantissa = '', exponent = '0'] = number.toLowerCase().split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  let unscaled = BigInt(whole + fraction);
  let power = Number(exponent) - fraction.length;
  if (unscaled === 0n) return number.startsWith('-') ? '-0' : '0';
  for (; unscaled % 10n === 0n; power += 1) unscaled /= 10n;
  return `${unscaled}e${power}`;
}
