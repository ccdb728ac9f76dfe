import { describe, expect, it } from 'vitest';
import type { Field } from '../field.ts';
import { createSliceValidator } from '../slice-validator.ts';

function capture(fields: readonly Field[], text: string | Buffer, nulls: readonly string[] = []) {
  const validate = createSliceValidator({ name: 'd', key: 'none', fields, extra: 'refuse' });
  const columns = fields.map((field) => field.name);
  const framing = { format: 'csv', columns, delimiter: ',', quote: '"', nulls } as const;
  const { accepted, rejects } = validate({ bytes: Buffer.from(text), framing, line: 2 });
  return {
    accepted: Buffer.from(accepted).toString('utf8').split('\n').slice(0, -1),
    rejects: rejects.map(({ line, reasons }) => [line, ...reasons.map((r) => `${r.code} ${r.pointer}`)]),
  };
}

describe('cells of delimited text', () => {
  it('take a word that every object inherits for a word', () => {
    const found = capture([{ name: 'b', type: 'boolean' }], 'constructor\n__proto__\nYES\n0\n\n');
    expect(found).toEqual({
      accepted: ['{"b":true}', '{"b":false}'],
      rejects: [
        [2, 'TYPE_MISMATCH /b'],
        [3, 'TYPE_MISMATCH /b'],
      ],
    });
  });

  it('do not pass broken JSON off as text', () => {
    const fields: Field[] = [
      { name: 'j', type: 'json' },
      { name: 'n', type: 'integer' },
    ];
    const found = capture(fields, '"{""a"":1.10}",1\n{"a":1,2\n"{""a"":",x\n"""text""",3\nNA,4\n,5\n', [
      'NA',
    ]);
    expect(found).toEqual({
      accepted: ['{"j":"{\\"a\\":1.10}","n":1}', '{"j":"\\"text\\"","n":3}', '{"n":4}', '{"n":5}'],
      rejects: [
        [3, 'JSON_INVALID /j'],
        [4, 'JSON_INVALID /j', 'TYPE_MISMATCH /n'],
      ],
    });
  });

  it('reject the record whose bytes are not UTF-8, and no other', () => {
    const text = Buffer.concat([
      Buffer.from('"é\n\uFFFD",1\n'),
      Buffer.from([0x61, 0xff]),
      Buffer.from(',2\n日本,3\n'),
    ]);
    const found = capture(
      [
        { name: 's', type: 'string' },
        { name: 'n', type: 'integer' },
      ],
      text,
    );
    expect(found).toEqual({
      accepted: ['{"s":"é\\n\uFFFD","n":1}', '{"s":"日本","n":3}'],
      rejects: [[4, 'TEXT_NOT_UTF8 ']],
    });
  });
});
