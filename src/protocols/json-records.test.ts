import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { WharfError } from '../base/errors.ts';
import { JsonRecords } from './json-records.ts';
import type { RecordSlice } from './record-framer.ts';
import { parseRecordsPath } from './records-path.ts';

const bytesOf = (text: string) => new Uint8Array(Buffer.from(text));

function cut(chunks: readonly Uint8Array[], path = '$', sliceBytesMax = 1 << 20): RecordSlice[] {
  const framer = new JsonRecords({ file: 'a.json', path: parseRecordsPath(path), sliceBytesMax });
  return [...chunks.flatMap((chunk) => framer.push(chunk)), ...framer.end()];
}

function lines(slices: readonly RecordSlice[]): string[] {
  const text = Buffer.concat(slices.map((slice) => slice.bytes)).toString();
  return text === '' ? [] : text.replace(/\n$/, '').split('\n');
}

function failure(run: () => unknown): WharfError {
  try {
    run();
  } catch (thrown) {
    if (thrown instanceof WharfError) return thrown;
    throw thrown;
  }
  throw new Error('nothing was thrown');
}

/** Pretty, tight, or with odd white space; the same document each time. */
const layouts = [
  (value: unknown) => JSON.stringify(value),
  (value: unknown) => JSON.stringify(value, undefined, 2),
  (value: unknown) => JSON.stringify(value, undefined, '\t').replaceAll('\n', ' \r\n '),
];

describe('records of a JSON document', () => {
  test('come out the same wherever the document is split', () => {
    const document =
      '\ufeff {"type" : "x", "skip": [{"features":[9]}, "}]"], "features" : [ {"a" : "\\"é,]}\\\\", "b":[1, {}]} ,\r\n 1.50 , "s" , null,[ ] ] , "z":{"q":[1]}}';
    const text = bytesOf(document);
    const expected = ['{"a":"\\"é,]}\\\\","b":[1,{}]}', '1.50', '"s"', 'null', '[]'];
    for (let at = 0; at <= text.length; at++) {
      expect(lines(cut([text.subarray(0, at), text.subarray(at)], '$.features')), `split at ${at}`).toEqual(
        expected,
      );
    }
    const single = Array.from(text, (_, i) => text.subarray(i, i + 1));
    expect(lines(cut(single, '$.features'))).toEqual(expected);
  });

  test('are those that JSON.parse finds, for any document, layout and chunks', () => {
    fc.assert(
      fc.property(
        fc.array(fc.jsonValue({ maxDepth: 4 }), { maxLength: 8 }),
        fc.jsonValue(),
        fc.constantFrom(...layouts),
        fc.integer({ min: 1, max: 40 }),
        (items, other, layout, chunkBytes) => {
          const text = bytesOf(layout({ before: other, a: { x: other, 'é"': items }, after: other }));
          const chunks: Uint8Array[] = [];
          for (let i = 0; i < text.length; i += chunkBytes) chunks.push(text.subarray(i, i + chunkBytes));
          expect(lines(cut(chunks, '$.a.é"', 50))).toEqual(items.map((item) => JSON.stringify(item)));
        },
      ),
    );
  });

  test('keep every digit, sign and escape as it was written', () => {
    const tokens = [
      '9007199254740993',
      '-0',
      '1E400',
      '0.10',
      '"\\u00e9\\/"',
      '123456789012345678901234567890.5',
    ];
    expect(lines(cut([bytesOf(`[ ${tokens.join(' ,\n')} ]`)]))).toEqual(tokens);
  });

  test('that are not JSON inside stay that way: white space never joins two tokens', () => {
    expect(lines(cut([bytesOf('[{"a": 1 2, "b":tr\nue, "c" "d"},{"a" 1}]')]))).toEqual([
      '{"a":1 2,"b":tr ue,"c""d"}',
      '{"a"1}',
    ]);
  });

  test('are counted from 1 over slices that keep to their size', () => {
    const items = Array.from({ length: 100 }, (_, i) => `{"n":${i}}`);
    const slices = cut([bytesOf(`[${items.join(', ')}]`)], '$', 64);
    expect(slices.every((slice) => slice.bytes.length <= 64)).toBe(true);
    expect(slices.length).toBeGreaterThan(10);
    let line = 1;
    for (const slice of slices) {
      expect(slice.line).toBe(line);
      line += lines([slice]).length;
      expect(slice.end.line).toBe(line);
    }
    expect(lines(slices)).toEqual(items);
  });

  test('may be one document, or several side by side', () => {
    expect(lines(cut([bytesOf('{"a":1}')]))).toEqual(['{"a":1}']);
    expect(lines(cut([bytesOf('{"a":1}\n{"a":2}{}{}{}')]))).toEqual(['{"a":1}', '{"a":2}', '{}', '{}', '{}']);
    expect(lines(cut([bytesOf('[]')]))).toEqual([]);
    expect(lines(cut([bytesOf('12')]))).toEqual(['12']);
  });
});

describe('a broken JSON document is refused', () => {
  const cases: readonly [
    name: string,
    text: string,
    path: string,
    code: string,
    line: number,
    column: number,
    says: string,
  ][] = [
    ['a missing comma', '[{"a":1}\n {"a":2}]', '$', 'JSON_DOCUMENT_BROKEN', 2, 2, '"," or "]"'],
    ['a comma at the end', '[1,\n2,]', '$', 'JSON_DOCUMENT_BROKEN', 2, 3, 'an item'],
    ['a wrong bracket', '["é",{"a":[1}]', '$', 'JSON_DOCUMENT_BROKEN', 1, 13, '"}" where "]"'],
    ['a string over two lines', '[{"a":"b\nc"}]', '$', 'JSON_DOCUMENT_BROKEN', 1, 9, 'line feed'],
    ['text behind the document', '[1] x', '$', 'JSON_DOCUMENT_BROKEN', 1, 5, 'the end of the document'],
    ['a name without quotes', '{a:[]}', '$.a', 'JSON_DOCUMENT_BROKEN', 1, 2, 'a name'],
    ['a missing colon', '{"a" []}', '$.a', 'JSON_DOCUMENT_BROKEN', 1, 6, '":"'],
    ['the records twice', '{"a":[1],"a":[2]}', '$.a', 'JSON_DOCUMENT_BROKEN', 1, 12, 'twice'],
    ['an array that is not closed', '[1,2', '$', 'JSON_DOCUMENT_UNFINISHED', 1, 5, '"]"'],
    ['a document cut between records', '[{},\n', '$', 'JSON_DOCUMENT_UNFINISHED', 2, 1, 'an item'],
    ['an empty document', '', '$', 'JSON_DOCUMENT_UNFINISHED', 1, 1, 'a value'],
    [
      'no array at the path',
      '{"feature":[1],"b":{"features":[2]}}',
      '$.features',
      'JSON_RECORDS_MISSING',
      1,
      1,
      '$.features',
    ],
    ['an object at the path', '{"a":{"b":1}}', '$.a', 'JSON_RECORDS_MISSING', 1, 1, '$.a'],
  ];
  test.each(cases)('%s', (_name, text, path, code, line, column, says) => {
    const whole = failure(() => cut([bytesOf(text)], path));
    expect(whole).toMatchObject({ code, place: { file: 'a.json', line, column } });
    expect(whole.message).toContain(says);
    const bytewise = failure(() =>
      cut(
        Array.from(bytesOf(text), (byte) => Uint8Array.of(byte)),
        path,
      ),
    );
    expect(bytewise).toMatchObject({ code, place: { file: 'a.json', line } });
  });

  test('with the near name when the path is misspelt', () => {
    expect(failure(() => cut([bytesOf('{"features":[1]}')], '$.feature')).hint).toBe(
      'Did you mean "features"?',
    );
  });

  test('in UTF-16, with a way to convert it', () => {
    const error = failure(() => cut([new Uint8Array(Buffer.from('\ufeff[1]', 'utf16le'))]));
    expect(error).toMatchObject({ code: 'TEXT_NOT_UTF8' });
    expect(error.hint).toContain('iconv');
  });

  test('by never throwing anything else, whatever the bytes', () => {
    const byte = fc.constantFrom(...bytesOf('[]{}",:\\ \n1ae\u0000\u00ff'));
    fc.assert(
      fc.property(fc.array(byte, { maxLength: 60 }), fc.constantFrom('$', '$.a'), (bytes, path) => {
        try {
          cut([Uint8Array.from(bytes)], path);
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(WharfError);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  test('a path of another form is refused', () => {
    for (const path of ['features', '$.', '$..a', '$[0]', '$.a.*', '']) {
      expect(failure(() => parseRecordsPath(path)).code, path).toBe('RECORDS_PATH_INVALID');
    }
  });
});
