import { describe, expect, it } from 'vitest';
import { diagnosticsIn, problemsIn } from '../test-support/problems-in.ts';
import { keyedExample, productExample } from './example-mesh.ts';

describe('wrong type', () => {
  it.each([
    ['owner: 12', 'The value here is the integer 12, not a text.', 'Put it in quotes: "12".'],
    ['gate: yes', 'The value here is the text "yes", not true or false.', 'Write true.'],
    ['doc:', 'The value here is nothing (null), not a text.', 'Write a value, or remove the key.'],
    ['tags: { a: b }', 'The value here is a map, not a text, or a list.', 'Write the value as expected.'],
    ['checks: { rows: {} }', 'The value here is a map, not a list.', 'Write the value as expected.'],
  ])('%s', (line, message, hint) => {
    const body = line.startsWith('owner') ? '' : `${line}\n`;
    const example = keyedExample(body);
    const text = example['departures.product.yaml'] ?? '';
    const problems = diagnosticsIn({
      'departures.product.yaml': line.startsWith('owner') ? text.replace('owner: operations', line) : text,
    });
    expect(problems.map((p) => [p.code, p.message, p.hint])).toEqual([['SPEC_WRONG_TYPE', message, hint]]);
  });

  it('checks the options of connectors', () => {
    expect(
      problemsIn(keyedExample('inputs:\n  a: { from: file, path: x.csv, header: maybe, batch: many }\n')),
    ).toHaveLength(2);
  });

  it('lets a port stand without options', () => {
    expect(problemsIn(productExample('key: none\nfields: { id: string }\noutputs:\n  rest:\n'))).toEqual([]);
  });

  it('says it of a whole file that is a list', () => {
    expect(problemsIn({ 'a.product.yaml': '- a\n' })).toEqual([
      'SPEC_WRONG_TYPE 1:1 The value here is a list, not a map with the product.',
    ]);
  });
});
