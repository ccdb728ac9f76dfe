import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CAPTURE_BATCH_BYTES_MAX } from '../../kit/input.ts';
import type { Field } from '../../schema/field.ts';
import type { RowShape } from '../rows/row-shape.ts';
import { CopyRows } from './copy-rows.ts';
import type { SourceType, SourceTypes } from './source-types.ts';
import { shapeOf } from './table-shape.ts';

const SEED = Number(process.env.WHARF_SEED ?? 20260117);
/** `skipped` is read by no field. */
const COLUMNS = ['id', 'skipped', 'name', 'total', 'flag', 'at', 'local', 'data', 'tags'] as const;
const TYPES: readonly string[] = [
  'int8',
  'text',
  'text',
  'numeric',
  'bool',
  'timestamptz',
  'timestamp',
  'bytea',
  '_text',
];
const FIELDS: readonly Field[] = [
  { name: 'id', type: 'integer' },
  { name: 'name', type: 'string' },
  { name: 'total', type: 'number' },
  { name: 'flag', type: 'boolean' },
  { name: 'at', type: 'timestamp' },
  { name: 'local', type: 'timestamp', zone: 'local' },
  { name: 'data', type: 'bytes' },
  { name: 'tags', type: 'array', items: { name: 'items', type: 'string' } },
];

type Cell = string | null;
interface Row {
  readonly cells: readonly Cell[];
  readonly document: Readonly<Record<string, unknown>>;
}

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }).map((s) => s.replaceAll('\0', '')),
  fc.string({
    unit: fc.constantFrom('\\', '\t', '\n', '"', '\v', '\r', '\b', '\f', '\u001b', 'N', 'é', '😀'),
  }),
);
const twoDigits = (min: number, max: number) =>
  fc.integer({ min, max }).map((n) => String(n).padStart(2, '0'));
const moment = fc
  .tuple(fc.integer({ min: 1, max: 12_000 }), twoDigits(1, 12), twoDigits(1, 28), twoDigits(0, 59))
  .map(([year, month, day, minute]) => `${String(year).padStart(4, '0')}-${month}-${day} 22:${minute}:01.5`);
const orNull = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: null });

const row: fc.Arbitrary<Row> = fc
  .record({
    id: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    skipped: orNull(text),
    name: orNull(text),
    total: orNull(fc.constantFrom('0.10', '-12345678901234567890.5', '1e+300', 'NaN', '-Infinity')),
    flag: orNull(fc.boolean()),
    at: orNull(moment),
    local: orNull(fc.oneof(moment, fc.constant('infinity'))),
    data: orNull(fc.uint8Array({ maxLength: 9 })),
    tags: orNull(fc.array(fc.stringMatching(/^[a-z]{1,9}$/))),
  })
  .map(({ id, skipped, name, total, flag, at, local, data, tags }) => ({
    cells: [
      String(id),
      skipped,
      name,
      total,
      flag === null ? null : flag ? 't' : 'f',
      at && `${at}+00`,
      local,
      data && `\\x${Buffer.from(data).toString('hex')}`,
      tags && `{${tags.join(',')}}`,
    ],
    document: {
      id: `<${id}>`,
      name,
      total: total === null || /[a-zA-Z]{2}/.test(total) ? total : `<${total}>`,
      flag,
      at: at && `${at.replace(' ', 'T')}Z`,
      local: local?.replace(' ', 'T') ?? null,
      data: data && Buffer.from(data).toString('base64'),
      tags,
    },
  }));

describe('rows of a copy', () => {
  test('become documents with the same values, whatever is in them', async () => {
    console.log(`WHARF_SEED=${SEED}`);
    const shape = await shapeOfCells();
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 20 }), (rows) => {
        const copied = new CopyRows({ shape, columnCount: COLUMNS.length });
        for (const { cells } of rows) expect(copied.add(sentRow([...cells, cells[2] ?? '']))).toBeUndefined();
        const { bytes, lastKey } = copied.rest();
        expect(documentsOf(bytes)).toEqual(rows.map(({ document }) => document));
        expect(lastKey).toEqual([rows.at(-1)?.cells[2] ?? '']);
      }),
      { seed: SEED, numRuns: 150 },
    );
  });

  test('are cut into batches between rows, each with the key of its last row', async () => {
    const shape = await shapeOfCells();
    const copied = new CopyRows({ shape, columnCount: COLUMNS.length });
    const lengths = [90_000, 300_000, 200_000, 10, 900_000, 10, 40_000];
    const names = lengths.map((length, i) => `${i}${'"'.repeat(length / 2)}`);
    const parts = names.map((name, i) =>
      copied.add(sentRow([String(i), null, name, null, null, null, null, null, null, String(i)])),
    );
    const batches = [...parts, copied.rest()].flatMap((part) => part ?? []);
    expect(batches.flatMap(({ bytes }) => documentsOf(bytes)).map(({ name }) => name)).toEqual(names);
    for (const { bytes, lastKey } of batches) {
      const documents = documentsOf(bytes);
      expect([`<${lastKey?.[0]}>`]).toEqual([documents.at(-1)?.id]);
      expect(documents.length === 1 || bytes.length <= CAPTURE_BATCH_BYTES_MAX).toBe(true);
    }
  });
});

/** As the server sends it: its own escapes, and no others. */
function sentRow(cells: readonly Cell[]): Buffer {
  const escapes: Readonly<Record<string, string>> = {
    '\\': '\\\\',
    '\b': '\\b',
    '\f': '\\f',
    '\n': '\\n',
    '\r': '\\r',
    '\t': '\\t',
    '\v': '\\v',
  };
  const sent = cells.map((cell) =>
    cell === null ? '\\N' : [...cell].map((character) => escapes[character] ?? character).join(''),
  );
  return Buffer.from(`${sent.join('\t')}\n`);
}

/** Numbers as `<their text>`: no digit of them is looked at by this test's reader. */
function documentsOf(bytes: Uint8Array): Record<string, unknown>[] {
  const lines = Buffer.from(bytes).toString().split('\n');
  expect(lines.pop()).toBe('');
  return lines.map((line) =>
    JSON.parse(
      line.replace(/("(?:id|total)"):(-?[\d.e+]+)(?=[,}])/g, (_, name, digits) => `${name}:"<${digits}>"`),
    ),
  );
}

async function shapeOfCells(): Promise<RowShape> {
  const types = {
    of: async (oid: number): Promise<SourceType> => {
      const name = TYPES[oid] as string;
      if (name === '_text') return { name, kind: 'array', element: { name: 'text', kind: 'plain' } };
      return { name, kind: 'plain' };
    },
  };
  const columns = COLUMNS.map((name, typeOid) => ({ name, typeOid }));
  const contract = { table: 'public.t', fields: FIELDS, keepsExtra: false, key: ['id'] };
  return shapeOf(contract, columns, types as SourceTypes);
}
