import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SEED } from '../../../test/support/seed.ts';
import { bind, execute, message, parse, query, startup, sync } from '../../../test/support/wire-client.ts';
import { type FrontendMessage, FrontendReader } from './frontend-reader.ts';
import { ProtocolViolation } from './protocol-violation.ts';

const RUNS = { seed: SEED, numRuns: 300 };
const text = fc.string({ unit: 'grapheme' }).map((value) => value.replaceAll('\0', ''));
const value = fc.option(fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)));

/** Messages as bytes, and as they must be read. */
const said = fc.oneof(
  text.map((sql) => [query(sql), { kind: 'query', sql }] as const),
  fc
    .tuple(text, text, fc.array(fc.nat({ max: 2 ** 31 - 1 }), { maxLength: 5 }))
    .map(([name, sql, oids]) => [parse(name, sql, oids), { kind: 'parse', name, sql, oids }] as const),
  fc.tuple(text, text, fc.array(value, { maxLength: 5 })).map(([portal, statement, values]) => {
    const formats = values.map((each) => (each === null ? 0 : 1));
    return [
      bind(portal, statement, values, [1]),
      { kind: 'bind', portal, statement, formats, values, results: [1] },
    ] as const;
  }),
  fc
    .tuple(text, fc.nat({ max: 2 ** 31 - 1 }))
    .map(([portal, rowsMax]) => [execute(portal, rowsMax), { kind: 'execute', portal, rowsMax }] as const),
  fc.constant([sync(), { kind: 'sync' }] as const),
);

function started(): FrontendReader {
  const reader = new FrontendReader();
  reader.push(startup({ user: 'me' }));
  return reader;
}

describe('messages of Postgres clients', () => {
  it('are the same wherever their bytes are cut', () => {
    fc.assert(
      fc.property(
        fc.array(said, { maxLength: 6 }),
        fc.array(fc.nat(), { maxLength: 8 }),
        (messages, cuts) => {
          const bytes = Buffer.concat(messages.map(([sent]) => sent));
          const ends = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
          const reader = started();
          const read = [...ends, bytes.length].flatMap((end, i) =>
            reader.push(bytes.subarray(ends[i - 1] ?? 0, end)),
          );
          expect(read).toEqual(messages.map(([, wanted]) => wanted));
          expect(reader.holdsBytes).toBe(false);
        },
      ),
      RUNS,
    );
  });

  it('that are none end in a violation, and in nothing else', () => {
    const types = fc.constantFrom(...'QPBDCESHXpdcf~');
    const broken = fc.array(
      fc
        .tuple(types, fc.uint8Array({ maxLength: 30 }))
        .map(([type, body]) => message(type, Buffer.from(body))),
      { maxLength: 5 },
    );
    const anything = fc.oneof(
      broken.map((parts) => Buffer.concat(parts)),
      fc.uint8Array({ maxLength: 60 }),
    );
    fc.assert(
      fc.property(anything, fc.boolean(), (bytes, isStarted) => {
        const reader = isStarted ? started() : new FrontendReader();
        try {
          expect(reader.push(bytes).every(({ kind }: FrontendMessage) => kind.length > 0)).toBe(true);
        } catch (error) {
          expect(error instanceof ProtocolViolation || error instanceof RangeError, String(error)).toBe(true);
        }
      }),
      { ...RUNS, numRuns: 1_000 },
    );
  });

  it('of many bytes cost no more when they come one by one', () => {
    const reader = started();
    const sent = query('x'.repeat(1_000_000));
    let copied = 0;
    const concat = Buffer.concat;
    Buffer.concat = ((list: readonly Uint8Array[], length?: number) => {
      copied += list.reduce((sum, each) => sum + each.length, 0);
      return concat(list, length);
    }) as typeof Buffer.concat;
    try {
      for (let at = 0; at < sent.length; at += 1_000) reader.push(sent.subarray(at, at + 1_000));
    } finally {
      Buffer.concat = concat;
    }
    expect(reader.holdsBytes).toBe(false);
    expect(copied).toBeLessThan(3 * sent.length);
  });
});
