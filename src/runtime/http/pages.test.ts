import { expect, it } from 'vitest';
import { meshFolder } from '../../../test/support/mesh-folder.ts';
import { loadMesh } from '../../spec/load-mesh.ts';
import { EXAMPLE_DECLARATIONS } from '../../spec/rules/example-mesh.ts';
import type { ProductStatus } from '../product-status.ts';
import { productPage } from './pages.ts';

const COMMON = 'version: 1.0.0\nowner: t\npurpose: To be seen.\nkey: [id]\nfields: { id: integer }\n';

async function derivedPage(positions?: Readonly<Record<string, number>>): Promise<string> {
  const folder = await meshFolder({
    'a.product.yaml': `product: test.a\n${COMMON}inputs: { source: { from: file, path: a.csv } }\n`,
    'a.csv': 'id\n1\n',
    'b.product.yaml': `product: test.b\n${COMMON}inputs: { rows: test.a@1 }\ntransform: { sql: "select id from rows where id < 5" }\n`,
  });
  const { mesh, diagnostics } = await loadMesh(folder, EXAMPLE_DECLARATIONS);
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  const product = mesh?.products.find(({ id }) => id === 'test.b@1');
  if (!product) throw new Error('test.b@1 is not in the mesh');
  const quality = { checks: 12, passed: 3, failed: 0, warnings: 0, gate: false, heldAt: undefined };
  const status = { product: product.id, health: 'ok', position: 7, rejects: 0, tasks: [], quality };
  return productPage(product, status as unknown as ProductStatus, positions);
}

it('tells of a derived product what it reads, as of when, and by which query', async () => {
  const page = await derivedPage({ 'test.a@1': 1_234 });
  expect(page).toContain('<a href="/p/test.a/v1">test.a@1</a> <small>computed from position 1,234</small>');
  expect(page).toContain('select id from rows where id &lt; 5');
});

it('does not make up a position before the first computation', async () => {
  expect(await derivedPage()).toContain('<small>not read yet</small>');
});

it('does not let checks that have not been run look as if they had failed', async () => {
  expect(await derivedPage()).toContain('3 of 12 pass, 9 have not been run yet');
});
