import { describe, expect, it } from 'vitest';
import { problemsIn } from '../test-support/problems-in.ts';
import { keyedExample } from './example-mesh.ts';

describe('owner missing', () => {
  const orphan = (keyedExample('')['departures.product.yaml'] ?? '').replace('owner: operations\n', '');

  it('is content with the owner of the domain or of the mesh', () => {
    for (const mesh of ['domains: { flights: { owner: ops } }', 'defaults: { owner: ops }']) {
      expect(problemsIn({ 'mesh.yaml': `mesh: m\n${mesh}\n`, 'a.product.yaml': orphan })).toEqual([]);
    }
  });

  it('is not content with the owner of another domain', () => {
    const mesh = 'mesh: m\ndomains: { flights: {}, airports: { owner: ops } }\n';
    expect(problemsIn({ 'mesh.yaml': mesh, 'a.product.yaml': orphan })).toEqual([
      'SPEC_OWNER_MISSING 1:10 The product "flights.departures" has no owner.',
    ]);
  });
});
