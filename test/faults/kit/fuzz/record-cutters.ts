/** However a text arrives, the same records are cut out of it, nothing of it is lost, and each slice knows its line. */
import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import { CsvRecords } from '../../../../src/protocols/csv-records.ts';
import { JsonRecords } from '../../../../src/protocols/json-records.ts';
import { NdjsonRecords } from '../../../../src/protocols/ndjson-records.ts';
import type { RecordFramer } from '../../../../src/protocols/record-framer.ts';
import { cuts, damaged, fuzzTarget, outcomeOf, piecesOf } from './target.ts';

const file = 'fuzz.txt';
const SNIPPETS = [
  '',
  '\n',
  '\r\n',
  '"',
  '""',
  '",',
  ',',
  ';',
  '{',
  '}',
  '[',
  ']',
  '\\',
  '\\"',
  ':',
  ' ',
  '\u0000',
  '\ufeff',
  '\u2028',
  '1e',
  'nul',
];
const text = damaged(
  fc
    .array(fc.constantFrom(...SNIPPETS, 'a', 'b,"c\nd"', '{"a":1}', '5" pipe'), { maxLength: 30 })
    .map((parts) => new Uint8Array(Buffer.from(parts.join('')))),
  SNIPPETS,
);
const options = fc.record({ bytes: text, shares: cuts, sliceBytesMax: fc.integer({ min: 1, max: 40 }) });

function cutBy(framer: RecordFramer, pieces: readonly Uint8Array[]): Buffer {
  let lines = 1;
  let offset = 0;
  const all: Uint8Array[] = [];
  const take = ({
    bytes,
    line,
    end,
  }: {
    bytes: Uint8Array;
    line: number;
    end: { offset: number; line: number };
  }) => {
    assert.equal(line, lines, 'a slice begins in the line in which it says');
    lines += bytes.filter((byte) => byte === 0x0a).length;
    offset += bytes.length;
    assert.deepEqual(end, { offset, line: lines }, 'a slice ends where it says');
    all.push(bytes.slice());
  };
  for (const piece of pieces) for (const slice of framer.push(piece)) take(slice);
  const rest = framer.rest();
  if (rest) take(rest);
  return Buffer.concat(all);
}

export const lineCutters = fuzzTarget(
  'text cut into records',
  100_000,
  options,
  ({ bytes, shares, sliceBytesMax }) => {
    const dialect = { delimiter: ',', quote: '"' };
    for (const make of [
      () => new NdjsonRecords({ file, sliceBytesMax }),
      () => new CsvRecords(dialect, { file, sliceBytesMax }),
    ])
      assert.deepEqual(cutBy(make(), piecesOf(bytes, shares)), Buffer.from(bytes), 'nothing is lost');
  },
);

/** The records of a document, or what it is refused with. */
function jsonRecords(pieces: readonly Uint8Array[], sliceBytesMax: number) {
  const outcome = outcomeOf(() => {
    const framer = new JsonRecords({ file, path: [], sliceBytesMax });
    return Buffer.concat(
      [...pieces.flatMap((piece) => framer.push(piece)), ...framer.end()].map(({ bytes }) => bytes.slice()),
    );
  });
  return 'value' in outcome ? { text: outcome.value.toString() } : { code: outcome.refused.code };
}

const json = fc.record({
  bytes: damaged(
    fc
      .array(fc.json({ maxDepth: 3 }), { maxLength: 5 })
      .map((items) => new Uint8Array(Buffer.from(`[${items.join(' ,\n')}]`))),
    SNIPPETS,
  ),
  shares: cuts,
  sliceBytesMax: fc.integer({ min: 1, max: 200 }),
});

export const jsonCutter = fuzzTarget(
  'JSON cut into records',
  50_000,
  json,
  ({ bytes, shares, sliceBytesMax }) => {
    const found = jsonRecords(piecesOf(bytes, shares), sliceBytesMax);
    assert.deepEqual(
      found,
      jsonRecords([bytes], sliceBytesMax),
      'the pieces in which it came make no difference',
    );
    const items = itemsOf(Buffer.from(bytes).toString());
    if (items === undefined || found.text === undefined) return;
    const lines = found.text.split('\n').filter((line) => line !== '');
    assert.deepEqual(
      lines.map((line) => JSON.parse(line)),
      items,
      'the records are the items of the array',
    );
  },
);

/** The items of an array, as JavaScript reads it; undefined for what is no JSON array, where ours may still find records. */
function itemsOf(document: string): unknown[] | undefined {
  try {
    const value: unknown = JSON.parse(document);
    return Array.isArray(value) ? value : undefined;
  } catch (thrown) {
    if (thrown instanceof SyntaxError) return undefined;
    throw thrown;
  }
}
