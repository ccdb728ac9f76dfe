/**
 * A transform that was changed so that all rows differ, more than one commit holds: whoever reads meanwhile gets the old rows or the new ones. A second
 * product counts what it sees at every position that is published.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentLog } from '../../src/base/log.ts';
import { startWorkers, type Workers } from '../../src/runtime/start-workers.ts';
import { itemsSpec } from '../support/mesh-folder.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { checkedMesh, ServedMesh } from './served-mesh.ts';

const ROWS = 2_000;
const ROW_BYTES = 10_000;

const meshOf = (kind: string) =>
  checkedMesh({
    'mesh.yaml': 'mesh: test\n',
    'items.product.yaml': itemsSpec(
      'inputs: { source: { from: push } }\nkey: [id]\nfields: { id: { type: integer, required: true } }\n',
    ),
    'pages.product.yaml': itemsSpec(
      `inputs: { items: test.items@1 }
transform: { sql: "select id, '${kind}' as kind, repeat('-', ${ROW_BYTES}) as text from items" }
key: [id]
fields: { id: { type: integer, required: true }, kind: string, text: string }
`,
    ).replace('test.items\n', 'test.pages\n'),
    'kinds.product.yaml': itemsSpec(
      `inputs: { pages: test.pages@1 }
transform: { sql: "select kind, count(*) as pages from pages group by kind" }
key: [kind]
fields: { kind: string, pages: integer }
`,
    ).replace('test.items\n', 'test.kinds\n'),
  });

describe('a changed transform', () => {
  let workers: Workers;
  let served: ServedMesh;

  beforeAll(async () => {
    workers = startWorkers(await temporaryFolder('changed-workers'), silentLog);
    served = await ServedMesh.open(meshOf('old'), await temporaryFolder('changed'), workers);
  });
  afterAll(async () => {
    await served.close();
    await Promise.all([workers.engine.close(), workers.reader.close(), workers.pool.close()]);
  });

  it('is seen as a whole or not at all, and each row is journaled once', async () => {
    const records = Array.from({ length: ROWS }, (_, i) => `{"id":${i}}`);
    await served.push('items', { op: 'upsert', records });
    await served.settle();

    await served.restart(meshOf('new'));
    await served.settle();
    const seen = (await served.records('kinds')).map(({ op, key, document }) =>
      op === 'delete' ? `${key} gone` : document,
    );
    expect(seen).toEqual([
      `{"kind":"old","pages":${ROWS}}`,
      '{"kind":"old"} gone',
      `{"kind":"new","pages":${ROWS}}`,
    ]);
    expect(served.position('pages')).toBe(2 * ROWS);
  });
});
