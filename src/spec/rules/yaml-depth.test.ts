import { describe, expect, it } from 'vitest';
import { problemsIn } from '../test-support/problems-in.ts';
import { fieldExample, keyedExample } from './example-mesh.ts';

describe('yaml depth', () => {
  it('says so of half a megabyte of brackets instead of running out of memory', () => {
    const example = keyedExample(`doc: ${'['.repeat(500_000)}\n`);
    expect(problemsIn(example).map((p) => p.split(' ')[0])).toEqual(['SPEC_YAML_DEPTH']);
  });

  it('allows 50 objects in each other', () => {
    const value = `${'{ type: object, fields: { a: '.repeat(25)}string${' } }'.repeat(25)}`;
    expect(problemsIn(fieldExample(value))).toEqual([]);
  });
});
