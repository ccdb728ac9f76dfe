import { describe, expect, it } from 'vitest';
import { problemsIn } from '../test-support/problems-in.ts';
import { keyedExample, productExample } from './example-mesh.ts';

const DATASETS = `datasets:
  orders: { key: [id], fields: { id: string } }
  lines: { key: [id], fields: { id: string } }
`;

describe('the dataset of an input', () => {
  it('refuses an input of which nobody can say what it feeds', () => {
    const inputs = 'inputs:\n  orders: { from: push }\n  order: { from: push }\n';
    expect(problemsIn(productExample(`${inputs}${DATASETS}`))).toEqual([
      'SPEC_INPUT_DATASET 7:3 The input "order" does not say which of the datasets it feeds.',
    ]);
  });

  it('leaves inputs alone where there is one dataset', () => {
    expect(problemsIn(keyedExample('inputs: { source: { from: push } }\n'))).toEqual([]);
  });
});
