/** The page about the spec language: each of its YAML blocks passes the check, and no key of the grammar is missing. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/base/entry.ts';
import { inputs } from '../../src/inputs/index.ts';
import { loadDeclarations } from '../../src/kit/registry.ts';
import { ports } from '../../src/ports/index.ts';
import { FIELD_KEYS } from '../../src/spec/grammar/field-grammar.ts';
import { meshGrammar } from '../../src/spec/grammar/mesh-grammar.ts';
import { productGrammar } from '../../src/spec/grammar/product-grammar.ts';
import { CHECK_KINDS } from '../../src/spec/grammar/promise-grammar.ts';
import { loadMesh } from '../../src/spec/load-mesh.ts';
import { meshFolder } from '../support/mesh-folder.ts';

const PAGE = readFileSync(path.join(packageRoot, 'docs', 'spec.md'), 'utf8');
const BLOCKS = [...PAGE.matchAll(/^```yaml\n(.*?)^```$/gms)].map((match) => match[1] ?? '');
const CUSTOMERS = `product: shop.customers
version: 1.0.0
owner: sales
tier: gold
purpose: To be read.
inputs: { source: { from: push } }
slo: { freshness: 1h, availability: 99.9%, completeness: 99.9% }
key: [id]
fields: { id: integer, name: string }
`;
const VISITS = `product: shop.visits
version: 1.0.0
owner: sales
purpose: To be read.
inputs: { source: { from: push } }
key: none
fields: { customer: string }
`;
const HEAD: Readonly<Record<string, string>> = {
  product: 'product: shop.example\n',
  version: 'version: 1.0.0\n',
  owner: 'owner: sales\n',
  purpose: 'purpose: To show a part of the language.\n',
  inputs: 'inputs: { source: { from: push } }\n',
  key: 'key: none\n',
  fields: 'fields: { id: string }\n',
};

function has(block: string, key: string): boolean {
  return new RegExp(`^${key}:`, 'm').test(block);
}

/** A block as a whole product: what it does not say is filled in. */
function whole(block: string): string {
  const missing = Object.keys(HEAD).filter((key) => {
    if (has(block, 'datasets') && (key === 'key' || key === 'fields')) return false;
    return !has(block, key);
  });
  return missing.map((key) => HEAD[key]).join('') + block;
}

describe('the page about the spec language', () => {
  it('has examples that pass the check', async () => {
    const declarations = await loadDeclarations({ inputs, ports, deliveries: {} });
    expect(BLOCKS.length).toBeGreaterThan(8);
    for (const block of BLOCKS) {
      const files = has(block, 'mesh')
        ? { 'mesh.yaml': block }
        : {
            'example.product.yaml': whole(block),
            'customers.product.yaml': CUSTOMERS,
            'visits.product.yaml': VISITS,
            'customers.sql': 'select id, name from customers\n',
          };
      const { diagnostics } = await loadMesh(await meshFolder(files), declarations);
      const errors = diagnostics.filter(({ severity }) => severity === 'error');
      expect({ block, errors }).toEqual({ block, errors: [] });
    }
  });

  it('names every key that may be written', async () => {
    const declarations = await loadDeclarations({ inputs, ports, deliveries: {} });
    const keys = [
      ...Object.keys(productGrammar(declarations).keys),
      ...Object.keys(meshGrammar.keys),
      ...FIELD_KEYS,
      ...CHECK_KINDS,
    ];
    expect(keys.filter((key) => !new RegExp(`(\`|[{, ]|^)${key}(:|\`)`, 'm').test(PAGE))).toEqual([]);
  });
});
