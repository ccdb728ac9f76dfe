import { expect, it } from 'vitest';
import { deliveries } from '../../src/deliver/index.ts';
import { inputs } from '../../src/inputs/index.ts';
import { ports } from '../../src/ports/index.ts';
import { checkMesh } from '../../src/runtime/check/check-mesh.ts';
import { itemsSpec, meshFolder } from '../support/mesh-folder.ts';

it('refuses a transform of records over a table whose rows may be deleted', async () => {
  const mesh = `mesh: test
connections:
  shop: { type: postgres, host: localhost, database: shop, user: wharf }
`;
  const spec = itemsSpec(`inputs:
  source: { from: postgres, connection: shop, table: items, fields: { id: integer } }
transform:
  sql: select id from source
key: [id]
fields:
  id: { type: integer, required: true }
`);
  const folder = await meshFolder({ 'mesh.yaml': mesh, 'items.product.yaml': spec });
  const { mesh: checked, diagnostics } = await checkMesh(folder, { inputs, ports, deliveries });
  expect(checked).toBeUndefined();
  expect(diagnostics).toMatchObject([
    {
      code: 'TRANSFORM_INPUT',
      message: expect.stringMatching(/"test.items@1".*"source".*may be a delete/),
      place: { line: spec.slice(0, spec.indexOf('  source:')).split('\n').length },
    },
  ]);
});
