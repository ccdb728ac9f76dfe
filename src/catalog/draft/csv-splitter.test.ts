import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CsvSplitter } from './csv-splitter.ts';

function split(text: string, sizes: readonly number[] = [], delimiter = ',', quote = '"'): string[][] {
  const splitter = new CsvSplitter({ delimiter, quote });
  const rows: string[][] = [];
  let at = 0;
  for (const size of sizes) {
    rows.push(...splitter.feed(text.slice(at, at + size)));
    at += size;
  }
  return [...rows, ...splitter.feed(text.slice(at)), ...splitter.end()];
}

const cell = fc.string({ unit: fc.constantFrom('a', 'é', ',', '"', '\n', '\r', ' ', '0', '') });
const table = fc
  .integer({ min: 2, max: 4 })
  .chain((width) => fc.array(fc.array(cell, { minLength: width, maxLength: width })));

function written(rows: readonly string[][], lineEnd: string): string {
  const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
  const plain = (text: string) => (/[",\n\r]/.test(text) ? quoted(text) : text);
  return rows
    .map((row) => row.map((text, i) => (i % 2 ? quoted(text) : plain(text))).join(',') + lineEnd)
    .join('');
}

describe('CsvSplitter', () => {
  it('gives back every cell that was written, wherever the pieces are cut', () => {
    const sizes = fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 30 });
    fc.assert(
      fc.property(table, sizes, fc.constantFrom('\n', '\r\n'), (rows, cuts, lineEnd) => {
        expect(split(written(rows, lineEnd), cuts)).toEqual(rows);
      }),
      { numRuns: 300 },
    );
  });

  it('reads rows as another CSV reader does', () => {
    fc.assert(
      fc.property(table, (rows) => {
        const text = written(rows, '\n');
        expect(split(text)).toEqual(parse(text, { record_delimiter: '\n' }));
      }),
    );
  });

  it('takes an inch sign in the middle of a cell for itself', () => {
    expect(split('5" pipe,x\n')).toEqual([['5" pipe', 'x']]);
  });

  it('counts records with broken quotes, which are rejected on the way in', () => {
    const splitter = new CsvSplitter({ delimiter: ',', quote: '"' });
    const rows = [...splitter.feed('a,b\nb,"c"d\nc,d\ne,"f'), ...splitter.end()];
    expect(rows.map((row) => row[0])).toEqual(['a', 'c']);
    expect(splitter.broken).toBe(2);
  });

  it('passes over blank lines, and needs none at the end', () => {
    expect(split('a,b\n\n\r\nc,d')).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ]);
  });

  it('knows no quotes where there are none', () => {
    expect(split('"a;b";c\n', [], ';', '')).toEqual([['"a', 'b"', 'c']]);
  });
});
