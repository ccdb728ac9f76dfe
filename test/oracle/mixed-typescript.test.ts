/** TypeScript over an external input and a product beside it: each of them moves, also over a restart, and the rows follow. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { silentLog } from '../../src/base/log.ts';
import { startWorkers, type Workers } from '../../src/runtime/start-workers.ts';
import { itemsSpec } from '../support/mesh-folder.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { checkedMesh, ServedMesh } from './served-mesh.ts';

const MESH = {
  'mesh.yaml': 'mesh: test\n',
  'items.product.yaml': itemsSpec(
    'inputs: { source: { from: push } }\nkey: [id]\nfields: { id: { type: integer, required: true }, name: string }\n',
  ),
  'orders.product.yaml': itemsSpec(`inputs:
  source: { from: push, fields: { id: { type: integer, required: true }, item: { type: integer, required: true } } }
  items: test.items@1
transform: { typescript: orders.ts }
key: [id]
fields: { id: { type: integer, required: true }, name: string, note: string }
`).replace('test.items\n', 'test.orders\n'),
  'orders.ts': `import { defineTransform } from 'wharf:test.orders';
export default defineTransform({
  source(order, { lookup }) {
    const name = lookup.items({ id: order.item })?.name ?? null;
    return [{ id: order.id, name, note: order.extra?.text ?? null }];
  },
});
`,
};

let workers: Workers;
let served: ServedMesh;

beforeAll(async () => {
  workers = startWorkers(await temporaryFolder('mixed-workers'), silentLog);
  served = await ServedMesh.open(checkedMesh(MESH), await temporaryFolder('mixed'), workers);
});
afterAll(async () => {
  await served.close();
  await Promise.all([workers.engine.close(), workers.reader.close(), workers.pool.close()]);
});

async function give(product: string, ...records: string[]): Promise<void> {
  await served.push(product, { op: 'upsert', records });
}

async function expectRows(...expected: string[]): Promise<void> {
  await served.settle();
  const rows = (await served.rows('orders')) as { id: string; name: string; note: string }[];
  expect(rows.map(({ id, name, note }) => `${id} ${name} ${note}`).sort()).toEqual(expected);
}

it('follows what came from outside and what it looked up, also what moved after a restart', async () => {
  await give('orders', '{"id":1,"item":7}', '{"id":2,"item":8,"gift":true}');
  await expectRows('#1 null null', '#2 null {"gift":true}');
  await give('items', '{"id":7,"name":"pen"}');
  await expectRows('#1 pen null', '#2 null {"gift":true}');
  await give('orders', '{"id":3,"item":7}', '{"id":1,"item":7}');
  await expectRows('#1 pen null', '#2 null {"gift":true}', '#3 pen null');

  await served.restart();
  await served.settle();
  await give('items', '{"id":7,"name":"ink"}', '{"id":8,"name":"cup"}');
  await expectRows('#1 ink null', '#2 cup {"gift":true}', '#3 ink null');
  await served.push('items', { op: 'delete', records: ['{"id":7}'] });
  await expectRows('#1 null null', '#2 cup {"gift":true}', '#3 null null');
  expect(await served.wrongRows('orders')).toBe(0);
});
