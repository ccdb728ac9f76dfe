import { describe, expect, it } from 'vitest';
import { problemsIn } from '../test-support/problems-in.ts';
import { fieldExample } from './example-mesh.ts';

describe('uri form', () => {
  it.each(['https://schema.org/iataCode', 'urn:x:y'])('accepts %s', (uri) => {
    expect(problemsIn(fieldExample(`{ type: string, meaning: "${uri}" }`))).toEqual([]);
  });

  it.each(['iataCode', 'two words:x y', '://x'])('refuses %s', (uri) => {
    expect(
      problemsIn(fieldExample(`{ type: string, meaning: "${uri}" }`)).map((p) => p.split(' ')[0]),
    ).toEqual(['SPEC_URI']);
  });
});
