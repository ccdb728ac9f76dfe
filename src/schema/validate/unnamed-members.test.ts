import { describe, expect, it } from 'vitest';
import type { Dataset, Field } from '../field.ts';
import { createRenderer } from '../renderer.ts';
import { createSliceValidator, type SliceValidatorOptions } from '../slice-validator.ts';
import { REASONS_MAX } from './collect-reasons.ts';

const FIELDS: readonly Field[] = [{ name: 'a', type: 'integer' }];

function dataset(extra: Dataset['extra'], key: Dataset['key'] = 'none', fields = FIELDS): Dataset {
  return { name: 'd', key, fields, extra };
}

function capture(into: Dataset, text: string, options: SliceValidatorOptions = {}) {
  const slice = { bytes: Buffer.from(text), framing: { format: 'ndjson' }, line: 1 } as const;
  const { accepted, rejects } = createSliceValidator(into, options)(slice);
  return {
    accepted: Buffer.from(accepted).toString('utf8').split('\n').slice(0, -1),
    codes: rejects.map((reject) => reject.reasons.map((reason) => reason.code)),
  };
}

describe('members that no field names', () => {
  it('whose names the engine cannot read do not spoil the file of all others', () => {
    const lines = '{"\\ud800":1}\n{"x":[{"\\u0000":1}]}\n{"x":"\\u00e9"}\n';
    for (const extra of ['ignore', 'keep'] as const)
      expect(capture(dataset(extra), lines).codes).toEqual([['TEXT_LONE_SURROGATE'], ['TEXT_NUL']]);
  });

  it('are the same after a row is exported and imported', () => {
    const keep = dataset('keep');
    const render = createRenderer(keep);
    for (const sent of ['{"a":1,"x":1.10,"y":{"z":12345678901234567890}}', '{"a":1}']) {
      const [journal = ''] = capture(keep, `${sent}\n`).accepted;
      expect(capture(keep, `${render.document(journal)}\n`).accepted).toEqual([journal]);
    }
  });

  it('are kept as they were sent where a name would stand twice, or "extra" is no object', () => {
    expect(capture(dataset('keep'), '{"x":1,"extra":{"x":2}}\n{"extra":5}\n').accepted).toEqual([
      '{"extra":"{\\"x\\":1,\\"extra\\":{\\"x\\":2}}"}',
      '{"extra":"{\\"extra\\":5}"}',
    ]);
  });

  it('belong to the key of a delete where the whole record is the key', () => {
    const sent = '{"a":1,"x":2}\n';
    const upsert = capture(dataset('keep', 'row'), sent).accepted;
    expect(capture(dataset('keep', 'row'), sent, { op: 'delete' }).accepted).toEqual(upsert);
    expect(capture(dataset('keep', ['a']), sent, { op: 'delete' }).accepted).toEqual(['{"a":1}']);
    expect(capture(dataset('refuse', ['a']), sent, { op: 'delete' }).accepted).toEqual(['{"a":1}']);
  });
});

describe('lines of control characters', () => {
  it('are rejected, not passed over as blank', () => {
    const { accepted, codes } = capture(dataset('refuse'), '\0\0\n{"a":1}\0\n \t\r\n{"a":2} \t\r\n');
    expect(accepted).toEqual(['{"a":2}']);
    expect(codes).toEqual([['JSON_INVALID'], ['JSON_INVALID']]);
  });
});

describe('a record in which everything is wrong', () => {
  it('is told with a bounded number of reasons', () => {
    const list: Field = { name: 'l', type: 'array', items: { name: 'items', type: 'integer' } };
    const wrong = JSON.stringify({ l: Array.from({ length: 5_000 }, () => 'x') });
    const { codes } = capture(dataset('refuse', 'none', [list]), `${wrong}\n`);
    expect(codes[0]).toHaveLength(REASONS_MAX);
  });
});
