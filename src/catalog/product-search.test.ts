import { expect, it } from 'vitest';
import { meshFolder } from '../../test/support/mesh-folder.ts';
import { loadMesh } from '../spec/load-mesh.ts';
import { EXAMPLE_DECLARATIONS } from '../spec/rules/example-mesh.ts';
import { ProductSearch } from './product-search.ts';

const FILES = {
  'departures.product.yaml': `product: flights.departures
version: 1.0.0
owner: operations
tier: silver
purpose: Every departure with its delay.
tags: [punctuality]
inputs: { source: { from: push } }
key: [id]
fields: { id: integer, delay_minutes: { type: integer, doc: How late } }
`,
  'strikes.product.yaml': `product: hazards.bird-strikes
version: 1.0.0
owner: safety
tier: bronze
purpose: Collisions of aircraft with birds, café crumbs included.
inputs: { source: { from: push } }
key: [id]
fields: { id: integer, pilot: { type: string, class: [pii] } }
`,
};

async function search(): Promise<ProductSearch> {
  const { mesh, diagnostics } = await loadMesh(await meshFolder(FILES), EXAMPLE_DECLARATIONS);
  if (!mesh) throw new Error(JSON.stringify(diagnostics));
  return new ProductSearch(mesh.products);
}

const names = (found: ReturnType<ProductSearch['find']>) => found.hits.map(({ product }) => product.name);

it.each([
  ['deprtures', ['flights.departures']],
  ['DEPART', ['flights.departures']],
  ['punctuality', ['flights.departures']],
  ['operations', ['flights.departures']],
  ['bird strkes', ['hazards.bird-strikes']],
  ['cafe', ['hazards.bird-strikes']],
  ['flights.departures@1', ['flights.departures']],
  ['departures zebra', ['flights.departures']],
  ['zebra', []],
  ['dlay"><img src=x onerror=1>', ['flights.departures']],
])('finds what was meant by "%s"', async (words, expected) => {
  expect(names((await search()).find(words, {}))).toEqual(expected);
});

it('says in which field a word was found', async () => {
  expect((await search()).find('delay', {}).hits[0]?.fields).toEqual(['delay_minutes']);
});

it('counts what each filter would leave, as if it alone were not set', async () => {
  const found = (await search()).find('', { tier: ['silver'], class: [] });
  expect(names(found)).toEqual(['flights.departures']);
  expect(found.facets.tier).toEqual({ bronze: 1, silver: 1 });
  expect(found.facets.domain).toEqual({ flights: 1 });
  expect((await search()).find('', { class: ['pii'] }).hits).toHaveLength(1);
});

it('neither finds nor counts what the caller may not discover', async () => {
  const found = (await search()).find('delay', {}, ({ domain }) => domain !== 'flights');
  expect(found.hits).toEqual([]);
  expect(found.facets.domain).toEqual({});
});
