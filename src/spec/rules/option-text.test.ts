import { describe, expect, it } from 'vitest';
import { diagnosticsIn } from '../test-support/problems-in.ts';
import { keyedExample } from './example-mesh.ts';

describe('option text', () => {
  it('says what the connector wants, by its example', () => {
    const [problem] = diagnosticsIn(keyedExample('inputs:\n  a: { from: file, path: x, every: 5 hours }\n'));
    expect(problem?.expected).toBe('a text such as 1s');
  });
});
