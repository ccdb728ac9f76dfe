import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { csvCells } from './csv-cells.ts';
import { CsvRecords } from './csv-records.ts';
import { NdjsonRecords } from './ndjson-records.ts';
import type { FramerOptions, RecordFramer, RecordSlice } from './record-framer.ts';
import { RECORD_BYTES_MAX } from './record-framer.ts';

const bytesOf = (text: string) => new Uint8Array(Buffer.from(text));
const textOf = (slice: RecordSlice | undefined) => Buffer.from(slice?.bytes ?? []).toString();
const dialect = { delimiter: ',', quote: '"' };
const options: FramerOptions = { file: 'a', sliceBytesMax: 1 << 20 };

const framers: Record<string, (given: FramerOptions) => RecordFramer> = {
  ndjson: (given) => new NdjsonRecords(given),
  csv: (given) => new CsvRecords(dialect, given),
};

function chunksOf(text: string, size: number): Uint8Array[] {
  const bytes = bytesOf(text);
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
    bytes.subarray(i * size, (i + 1) * size),
  );
}

describe.each(Object.entries(framers))('%s', (_name, framer) => {
  test('cut at every byte gives the same records, lines and rest', () => {
    const text = bytesOf('{"a":1}\r\n\n{"é":2}\n{"c"');
    for (let at = 0; at <= text.length; at++) {
      const records = framer(options);
      const slices = [...records.push(text.subarray(0, at)), ...records.push(text.subarray(at))];
      expect(slices.map(textOf).join('')).toBe('{"a":1}\r\n\n{"é":2}\n');
      expect(textOf(records.rest())).toBe('{"c"');
      expect(records.rest()).toMatchObject({ line: 4, end: { offset: text.length, line: 4 } });
      expect(slices.at(-1)?.end).toEqual({ offset: text.length - 4, line: 4 });
    }
  });

  test('slices never grow over their size, but for a record that is larger itself', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 40 }),
        fc.integer({ min: 1, max: 50 }),
        (lengths, chunkBytes) => {
          const text = lengths.map((n) => `${'x'.repeat(n)}\n`).join('');
          const records = framer({ ...options, sliceBytesMax: 20 });
          const slices = chunksOf(text, chunkBytes).flatMap((chunk) => records.push(chunk));
          expect(slices.map(textOf).join('')).toBe(text);
          let line = 1;
          for (const slice of slices) {
            const held = textOf(slice).split('\n').length - 1;
            expect(slice.bytes.length <= 20 || held === 1).toBe(true);
            expect(slice.line).toBe(line);
            line += held;
          }
        },
      ),
    );
  });

  test('goes on counting from where it starts', () => {
    const [slice] = framer({ ...options, start: { offset: 100, line: 7 } }).push(bytesOf('a\nb\n'));
    expect(slice).toMatchObject({ line: 7, end: { offset: 104, line: 9 } });
  });

  test('a record without an end is an error that names its line, not a full memory', () => {
    const records = framer({ ...options, file: 'big.x' });
    const chunk = new Uint8Array(1 << 20).fill(120);
    records.push(bytesOf('a\n'));
    expect(() => {
      for (let i = 0; i <= RECORD_BYTES_MAX / chunk.length; i++) records.push(chunk);
    }).toThrow(/line 2 of "big.x"/);
  });
});

describe('delimited text', () => {
  const cell = fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', '\r\n', 'é', ' '), maxLength: 8 });
  const quoted = (text: string) => (/[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

  test('gives the records and cells that another parser finds, quoted newlines included, for any chunks', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 40 }),
        (rows, chunkBytes, sliceBytesMax) => {
          const text = `${rows.map((row) => row.map(quoted).join(',')).join('\n')}\n`;
          const records = new CsvRecords(dialect, { ...options, sliceBytesMax });
          const slices = chunksOf(text, chunkBytes).flatMap((chunk) => records.push(chunk));
          expect(records.rest()).toBeUndefined();
          let line = 1;
          for (const slice of slices) {
            expect(slice.line).toBe(line);
            line += textOf(slice).split('\n').length - 1;
          }
          const strict = { relax_column_count: true, record_delimiter: '\n' };
          const bySlice = slices.flatMap((slice) => parse(textOf(slice), strict) as string[][]);
          expect(bySlice).toEqual(parse(text, strict));
          const one = new CsvRecords(dialect, { ...options, sliceBytesMax: 1 });
          expect(one.push(bytesOf(text)).map((slice) => csvCells(textOf(slice), dialect))).toEqual(rows);
        },
      ),
    );
  });

  test('an inch sign inside a plain cell does not swallow the lines behind it', () => {
    const slices = new CsvRecords(dialect, { ...options, sliceBytesMax: 1 }).push(
      bytesOf('5" pipe,1\n6" pipe,2\n'),
    );
    expect(slices.map(textOf)).toEqual(['5" pipe,1\n', '6" pipe,2\n']);
    expect(csvCells('5" pipe,1\n', dialect)).toEqual(['5" pipe', '1']);
  });

  test('without a quote character every line is a record', () => {
    const slices = new CsvRecords({ delimiter: '\t', quote: '' }, { ...options, sliceBytesMax: 1 }).push(
      bytesOf('"a\tb\nc"\n'),
    );
    expect(slices.map(textOf)).toEqual(['"a\tb\n', 'c"\n']);
    expect(csvCells('"a\tb\n', { delimiter: '\t', quote: '' })).toEqual(['"a', 'b']);
  });
});
