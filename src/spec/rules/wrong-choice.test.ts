import { describe, expect, it } from 'vitest';
import { diagnosticsIn } from '../test-support/problems-in.ts';
import { fieldExample, keyedExample } from './example-mesh.ts';

describe('wrong choice', () => {
  it.each([
    ['tier: golden', 'The tier "golden" is not known.', 'Did you mean "gold"?'],
    ['alignment: sources', 'The alignment "sources" is not known.', 'Did you mean "source"?'],
    ['status: live', 'The status "live" is not known.', 'Write one of the expected words.'],
  ])('%s', (line, message, hint) => {
    const problems = diagnosticsIn(keyedExample(`${line}\n`));
    expect(problems.map((p) => [p.message, p.hint])).toEqual([[message, hint]]);
  });

  it('checks what an option may be', () => {
    const [problem] = diagnosticsIn(keyedExample('inputs:\n  a: { from: file, path: x, format: cvs }\n'));
    expect([problem?.code, problem?.expected, problem?.hint]).toEqual([
      'SPEC_WRONG_CHOICE',
      'one of csv, json, ndjson',
      'Did you mean "csv"?',
    ]);
  });

  it('knows reductions and formats', () => {
    expect(
      diagnosticsIn(fieldExample('{ type: string, reduce: newest, format: mail }')).map((p) => p.code),
    ).toEqual(['SPEC_WRONG_CHOICE', 'SPEC_WRONG_CHOICE']);
  });
});
