import { describe, expect, it } from 'vitest';
import { diagnosticsIn, problemsIn } from '../test-support/problems-in.ts';
import { keyedExample, productExample } from './example-mesh.ts';

describe('yaml syntax', () => {
  it('marks the place of each error of a broken file and goes on with the others', () => {
    const example = { 'a.product.yaml': 'product: a.a\nkey: [\n', ...keyedExample('onwer: x\n') };
    expect(problemsIn(example).map((p) => p.split(' ')[0])).toEqual(['SPEC_YAML_SYNTAX', 'SPEC_UNKNOWN_KEY']);
  });

  it('refuses a second document', () => {
    expect(problemsIn(keyedExample('---\nproduct: a.b\n'))).toEqual([
      'SPEC_YAML_SYNTAX 9:1 The file holds more than one YAML document.',
    ]);
  });

  it('does not call a product unknown whose file is broken', () => {
    const broken = { 'airports.product.yaml': 'product: airports.airports\nversion: 1.0.0\nfields: {\n' };
    const example = productExample(
      'key: [id]\ninputs: { a: airports.airports@1 }\nfields: { id: airports.airports.iata }\n',
      broken,
    );
    expect(new Set(diagnosticsIn(example).map((d) => d.code))).toEqual(new Set(['SPEC_YAML_SYNTAX']));
  });

  it('names a tab in the indentation', () => {
    expect(problemsIn(productExample('key: none\nfields:\n\tid: string\n'))[0]).toMatch(
      /SPEC_YAML_SYNTAX 7:1 .*Tabs/,
    );
  });
});
