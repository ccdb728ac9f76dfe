import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SEED } from '../../../test/support/seed.ts';
import { readArrayText } from './array-text.ts';
import { ProtocolViolation } from './protocol-violation.ts';
import { readBinary, readBinaryArray } from './read-binary.ts';

const RUNS = { seed: SEED, numRuns: 500 };
const OIDS = [
  0, 16, 17, 18, 20, 21, 23, 25, 26, 114, 700, 701, 1043, 1082, 1083, 1114, 1184, 1186, 1700, 2950, 3802,
  9_999,
];

function int32s(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [i, value] of values.entries()) bytes.writeInt32BE(value, i * 4);
  return bytes;
}

function isRefused(read: () => unknown): boolean {
  try {
    read();
    return false;
  } catch (error) {
    expect(error instanceof ProtocolViolation || error instanceof RangeError, String(error)).toBe(true);
    return true;
  }
}

describe('values in binary form', () => {
  it('are read, or refused: whatever the bytes are', () => {
    fc.assert(
      fc.property(fc.constantFrom(...OIDS), fc.uint8Array({ maxLength: 40 }), (oid, bytes) => {
        isRefused(() => readBinary(Buffer.from(bytes), oid));
        isRefused(() => readBinaryArray(Buffer.from(bytes), readBinary));
      }),
      RUNS,
    );
  });

  it('are refused where they are longer or shorter than their type', () => {
    for (const [oid, size] of [
      [16, 1],
      [20, 8],
      [21, 2],
      [23, 4],
      [700, 4],
      [701, 8],
      [1082, 4],
      [1114, 8],
      [1186, 16],
      [2950, 16],
    ] as const)
      for (const length of [0, size - 1, size + 1])
        if (length !== size)
          expect(
            isRefused(() => readBinary(Buffer.alloc(length), oid)),
            `${oid}, ${length}`,
          ).toBe(true);
  });

  it('are no other number: what is none, or has digits that are none, is refused', () => {
    const numeric = (sign: number, ...digits: number[]) => {
      const bytes = Buffer.alloc(8 + digits.length * 2);
      bytes.writeInt16BE(digits.length, 0);
      bytes.writeUInt16BE(sign, 4);
      for (const [i, digit] of digits.entries()) bytes.writeInt16BE(digit, 8 + i * 2);
      return bytes;
    };
    expect(readBinary(numeric(0, 7), 1700)).toBe('7');
    expect(readBinary(numeric(0x4000, 7), 1700)).toBe('-7');
    for (const bytes of [
      numeric(0xc000),
      numeric(0xd000),
      numeric(0, 10_000),
      numeric(0, -1),
      numeric(0, 7).subarray(0, 9),
    ])
      expect(isRefused(() => readBinary(bytes, 1700))).toBe(true);
  });

  it('are text only where they are UTF-8', () => {
    expect(readBinary(Buffer.from('Zürich'), 25)).toBe('Zürich');
    expect(isRefused(() => readBinary(Buffer.from([0x61, 0xff]), 25))).toBe(true);
  });

  it('of arrays are as many as the bytes can hold, however many they say they are', () => {
    const many = int32s(6, 0, 20, ...[1, 2, 3, 4, 5].flatMap(() => [1_000, 1]), 0, 1);
    const padded = Buffer.concat([many, Buffer.alloc(8_000)]);
    expect(readBinaryArray(padded, readBinary)).toEqual([]);
    const deep = int32s(6, 0, 20, ...[1, 2, 3, 4, 5, 6].flatMap(() => [100, 1]));
    expect(isRefused(() => readBinaryArray(Buffer.concat([deep, Buffer.alloc(8_000)]), readBinary))).toBe(
      true,
    );
  });
});

describe('arrays as text', () => {
  const item = fc.option(fc.string());
  const write = (items: readonly (string | null | readonly (string | null)[])[]): string =>
    `{${items
      .map((each) =>
        each === null
          ? 'NULL'
          : Array.isArray(each)
            ? write(each)
            : `"${(each as string).replace(/["\\]/g, '\\$&')}"`,
      )
      .join(',')}}`;

  it('are read as they were written', () => {
    fc.assert(
      fc.property(fc.oneof(fc.array(item), fc.array(fc.array(item, { minLength: 1 }))), (items) => {
        expect(readArrayText(write(items))).toEqual(items);
      }),
      RUNS,
    );
  });

  it('are read, or refused: whatever the text is', () => {
    const symbols = fc.string({ unit: fc.constantFrom(...'{}",\\ anul[1:]='), maxLength: 30 });
    fc.assert(
      fc.property(symbols, (text) => void isRefused(() => readArrayText(text))),
      RUNS,
    );
  });
});
