import { describe, expect, it } from 'vitest';
import { ENVELOPE_BYTES, ENVELOPE_PREFIX_LENGTH, writeEnvelopes } from './envelope.ts';

const body = (count: number) =>
  Buffer.from(Array.from({ length: count }, (_, i) => `{"n":${i},"ä":"€"}\n`).join(''));
const lines = (bytes: Buffer) => bytes.toString().split('\n').slice(0, -1);

describe('envelopes', () => {
  it.each([1, 8, 95, 998, 99_999_995, 9_007_199_254_740_900])(
    'give each record its position from %i on, and its bytes as they are',
    (first) => {
      const source = {
        first,
        last: first + 29,
        timeUs: 1_700_000_000_000_000,
        body: body(30),
        deletes: [1, 29],
      };
      const found = lines(writeEnvelopes(source)).map((line) => ({
        ...(JSON.parse(line) as { p: number; t: number; o: number; d: unknown }),
        document: line.slice(ENVELOPE_PREFIX_LENGTH, -1),
      }));
      expect(found.map(({ p }) => p)).toEqual(Array.from({ length: 30 }, (_, i) => first + i));
      expect(new Set(found.map(({ t }) => t))).toEqual(new Set([source.timeUs]));
      expect(found.flatMap(({ o }, i) => (o === 1 ? [i] : []))).toEqual([1, 29]);
      expect(found.map(({ document }) => document)).toEqual(lines(source.body));
    },
  );

  it('leave out what lies before and behind the positions that are wanted, and always add as many bytes', () => {
    const source = { first: 5, last: 14, timeUs: 1_700_000_000_000_000, body: body(10), deletes: [] };
    const wanted = writeEnvelopes(source, 8, 10);
    expect(lines(wanted)).toEqual(lines(writeEnvelopes(source)).slice(3, 6));
    expect(writeEnvelopes(source)).toHaveLength(source.body.length + 10 * (ENVELOPE_BYTES - 1) + 10);
  });
});
