import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codeOf, WharfError } from '../base/errors.ts';
import { type JsonValue, readJson, writeJson } from './json-reader.ts';
import { isJsonArray, isJsonNumber, isJsonObject } from './json-value.ts';

function plain(value: JsonValue): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (isJsonArray(value)) return value.map(plain);
  if (isJsonNumber(value)) return Number(value.number);
  const result: Record<string, unknown> = {};
  for (const [name, member] of value.entries) {
    Object.defineProperty(result, name, { value: plain(member), enumerable: true, configurable: true });
  }
  return result;
}

function codeAndOffset(text: string): { code: string | undefined; offset: unknown } {
  try {
    readJson(text);
  } catch (thrown) {
    return {
      code: codeOf(thrown),
      offset: thrown instanceof WharfError ? thrown.details?.offset : undefined,
    };
  }
  return { code: undefined, offset: undefined };
}

describe('readJson', () => {
  it('keeps every digit of a number', () => {
    for (const literal of ['9007199254740993', '-0', '1.50', '1e400', '0.1234567890123456789', '-1E-7']) {
      expect(readJson(` ${literal} `)).toEqual({ number: literal });
    }
  });

  it('keeps the order of members and tells repeated names', () => {
    expect(readJson('{"2":1,"1":2,"2":3}')).toEqual({
      entries: [
        ['2', { number: '1' }],
        ['1', { number: '2' }],
        ['2', { number: '3' }],
      ],
      duplicates: ['2'],
    });
  });

  it('tells a repeated name in a wide object too', () => {
    const names = Array.from({ length: 40 }, (_, i) => `"m${i}":0`);
    const value = readJson(`{${[...names, '"m3":1', '"m39":1', '"m3":2'].join(',')}}`);
    expect(isJsonObject(value) && value.duplicates).toEqual(['m3', 'm39']);
  });

  it('reads and writes what JSON.parse reads and writes', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 6, stringUnit: 'binary' }), (text) => {
        expect(plain(readJson(text))).toEqual(JSON.parse(text));
        expect(JSON.parse(writeJson(readJson(text)))).toEqual(JSON.parse(text));
      }),
      { numRuns: 500 },
    );
  });

  it('accepts and refuses the same texts as JSON.parse', () => {
    const pieces = fc.constantFrom(
      ...[
        '{',
        '}',
        '[',
        ']',
        ',',
        ':',
        '"',
        '\\',
        'a',
        '0',
        '1',
        '-',
        '.',
        'e',
        '+',
        ' ',
        '\n',
        '\u0001',
        'u',
        '00e9',
      ],
      ...['true', 'null', '"a"', '{}', '\\n', '\\ud800', '\ufeff'],
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
        const text = parts.join('');
        let valid = true;
        try {
          JSON.parse(text);
        } catch (thrown) {
          valid = !(thrown instanceof SyntaxError);
        }
        expect({ text, valid: codeAndOffset(text).code === undefined }).toEqual({ text, valid });
      }),
      { numRuns: 5_000 },
    );
  });

  it('says where a text stops being JSON', () => {
    expect(codeAndOffset('{"a": 01}')).toEqual({ code: 'JSON_SYNTAX', offset: 7 });
    expect(codeAndOffset('[1,')).toEqual({ code: 'JSON_SYNTAX', offset: 3 });
    expect(codeAndOffset('"a\nb"')).toEqual({ code: 'JSON_SYNTAX', offset: 2 });
    expect(codeAndOffset('')).toEqual({ code: 'JSON_SYNTAX', offset: 0 });
  });

  it('reads 64 levels and refuses 65', () => {
    expect(codeAndOffset('['.repeat(64) + ']'.repeat(64)).code).toBeUndefined();
    expect(codeAndOffset('['.repeat(65) + ']'.repeat(65))).toEqual({ code: 'JSON_TOO_DEEP', offset: 64 });
    expect(codeAndOffset('{"a":'.repeat(100_000)).code).toBe('JSON_TOO_DEEP');
  });
});
