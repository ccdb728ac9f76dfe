import { describe, expect, it } from 'vitest';
import { diagnosticsIn, problemsIn } from '../test-support/problems-in.ts';
import { keyedExample } from './example-mesh.ts';

describe('unknown connector', () => {
  it('knows each kind by its own names', () => {
    const example = keyedExample(
      'inputs: { a: { from: fiel } }\noutputs: { filez: {} }\ndeliver: { d: { to: nowhere } }\n',
      {
        'mesh.yaml': 'mesh: m\nconnections: { c: { type: folderr } }\n',
      },
    );
    expect(problemsIn(example)).toEqual([
      'SPEC_UNKNOWN_CONNECTOR 9:22 The input "fiel" is not known.',
      'SPEC_UNKNOWN_CONNECTOR 10:12 The port "filez" is not known.',
      'SPEC_UNKNOWN_CONNECTOR 11:21 The delivery "nowhere" is not known.',
      'SPEC_UNKNOWN_CONNECTOR 2:27 The connection type "folderr" is not known.',
    ]);
  });

  it('suggests the near one', () => {
    expect(diagnosticsIn(keyedExample('inputs: { a: { from: pish } }\n')).map((d) => d.hint)).toEqual([
      'Did you mean "push"?',
    ]);
  });
});
