import { describe, expect, it } from 'vitest';
import { diagnosticsIn, problemsIn } from '../test-support/problems-in.ts';
import { fieldExample, keyedExample } from './example-mesh.ts';

describe('unknown key', () => {
  const hintOf = (body: string) => diagnosticsIn(keyedExample(body)).map((d) => d.hint);

  it('suggests the near key', () => {
    expect(hintOf('purpse: x\n')).toEqual(['Did you mean "purpose"?']);
  });

  it('leads from the words of other tools to ours', () => {
    expect(hintOf('description: x\n')).toEqual(['Did you mean "doc"?']);
    expect(hintOf('retention: 30d\n')).toEqual(['Did you mean "history"?']);
  });

  it('knows the options of the connector at hand', () => {
    const [problem] = diagnosticsIn(
      keyedExample('inputs:\n  a: { from: file, path: x.csv, haeder: true }\n'),
    );
    expect(problem?.message).toBe('The key "haeder" is not known in the options of "file".');
    expect(problem?.hint).toBe('Did you mean "header"?');
  });

  it('finds several in one run, also deep inside', () => {
    expect(
      problemsIn(fieldExample('{ type: object, fields: { a: { type: string, requird: true, minn: 1 } } }')),
    ).toHaveLength(2);
  });

  it('is not fooled by names that every object has', () => {
    expect(problemsIn(keyedExample('constructor: x\ntoString: y\n'))).toHaveLength(2);
  });
});
