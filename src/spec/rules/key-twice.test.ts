import { describe, expect, it } from 'vitest';
import { problemsIn } from '../test-support/problems-in.ts';
import { productExample } from './example-mesh.ts';

describe('key twice', () => {
  it('marks each further one', () => {
    expect(problemsIn(productExample('key: [a, b, a, a]\nfields: { a: string, b: string }\n'))).toHaveLength(
      2,
    );
  });
});
