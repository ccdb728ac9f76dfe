import { describe, expect, it } from 'vitest';
import { problemsIn, problemsOfField } from '../test-support/problems-in.ts';
import { fieldExample, productExample } from './example-mesh.ts';

describe('yaml feature', () => {
  it.each([
    ['a tag', '!!str string', 'The tag "tag:yaml.org,2002:str" is not allowed.'],
    ['an anchor', '&x string', 'The anchor "&x" is not allowed.'],
    ['a merge key', '{ type: string, <<: {} }', 'The merge key "<<" is not allowed.'],
    ['a key that is a list', '{ type: string, [a]: 1 }', 'A key must be a plain text.'],
  ])('refuses %s', (_what, value, message) => {
    expect(problemsOfField(value)).toEqual([`SPEC_YAML_FEATURE ${message}`]);
  });

  it('refuses a directive, so that yes never becomes true', () => {
    const text = `%YAML 1.1\n---\n${fieldExample('string')['departures.product.yaml']}`;
    expect(problemsIn({ 'departures.product.yaml': text })).toEqual([
      'SPEC_YAML_FEATURE 1:1 A YAML directive ("%YAML") is not allowed.',
    ]);
  });

  it('takes yes, no and on as the texts that they are', () => {
    expect(
      problemsIn(productExample('key: none\nfields: { yes: string, no: date }\ntags: [on, off]\n')),
    ).toEqual([]);
  });
});
