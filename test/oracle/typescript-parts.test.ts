/** The first answer of TypeScript in parts of three records, stopped in the middle; and steps after a start, of which no look-up is remembered. */
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { silentLog } from '../../src/base/log.ts';
import { PART_LIMITS } from '../../src/runtime/derive/first-parts.ts';
import { TypescriptDerivation } from '../../src/runtime/derive/typescript-derivation.ts';
import { startWorkers, type Workers } from '../../src/runtime/start-workers.ts';
import { TypescriptRunner } from '../../src/transform/typescript/typescript-runner.ts';
import { itemsSpec } from '../support/mesh-folder.ts';
import { canonicalRows, parseExact } from '../support/read-ports.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { checkedMesh, ServedMesh } from './served-mesh.ts';

const spec = (name: string, rest: string) =>
  itemsSpec(rest).replace('product: test.items', `product: test.${name}`);
const required = (type: string) => `{ type: ${type}, required: true }`;
const TEXTS = {
  'mesh.yaml': 'mesh: parts\n',
  'orders.product.yaml': spec(
    'orders',
    `inputs: { source: { from: push } }\nkey: [id]\nfields: { id: ${required('integer')}, sku: ${required('string')} }\n`,
  ),
  'names.product.yaml': spec(
    'names',
    `inputs: { source: { from: push } }\nkey: [sku]\nfields: { sku: ${required('string')}, name: string }\n`,
  ),
  'owners.product.yaml': spec(
    'owners',
    `inputs: { orders: test.orders@1, names: test.names@1 }\ntransform: { typescript: owners.ts }\nkey: [sku]\nfields: { sku: ${required('string')}, owner: integer, name: string }\n`,
  ),
  'owners.ts': `import { defineTransform } from 'wharf:test.owners';
export default defineTransform({
  orders: ({ id, sku }, { lookup }) => [{ sku, owner: id, name: lookup.names({ sku })?.name ?? null }],
});
`,
};

const order = (id: number, sku: string) => `{"id":${id},"sku":"${sku}"}`;
const upsert = (...records: string[]) => ({ op: 'upsert' as const, records });
type Row = readonly [sku: string, owner: number, name?: string];
const exactly = (...rows: readonly Row[]) => {
  const members = rows.map(([sku, owner, name = null]) => ({ sku, owner, name }));
  return canonicalRows(parseExact(JSON.stringify(members)) as unknown[]);
};

describe('a first answer of TypeScript in parts', () => {
  let workers: Workers;
  let served: ServedMesh;
  const { recordsMax } = PART_LIMITS;

  beforeAll(async () => {
    PART_LIMITS.recordsMax = 3;
    workers = startWorkers(await temporaryFolder('workers'), silentLog);
  });
  afterEach(async () => {
    vi.restoreAllMocks();
    await served.close();
  });
  afterAll(async () => {
    PART_LIMITS.recordsMax = recordsMax;
    await workers.pool.close();
    await Promise.all([workers.engine.close(), workers.reader.close()]);
  });

  async function serve(): Promise<void> {
    served = await ServedMesh.open(checkedMesh(TEXTS), await temporaryFolder('parts'), workers);
  }

  /** The orders that are handed to the code from now on, by id. */
  function ordersRun(): () => number[] {
    const runs = vi.spyOn(TypescriptRunner.prototype, 'run');
    return () => runs.mock.calls.flatMap(([, records]) => records.map((text) => Number(JSON.parse(text).id)));
  }

  /** The step from this position of the orders does not end before it is stopped; resolves once it has begun. */
  function hangingAt(position: number): Promise<void> {
    const { step } = TypescriptDerivation.prototype;
    return new Promise((begun) => {
      const spy = vi.spyOn(TypescriptDerivation.prototype, 'step');
      spy.mockImplementation(function hang(this: TypescriptDerivation, ...asked) {
        const [from, , signal] = asked;
        if (from.positions['test.orders@1'] !== position) return step.apply(this, asked);
        spy.mockRestore();
        begun();
        return new Promise((_, reject) =>
          signal.addEventListener('abort', () => reject(signal.reason), { once: true }),
        );
      });
    });
  }

  /** Rejects when the products come to rest, or do not, with what their tasks say. */
  async function restsBefore(what: string): Promise<never> {
    await served.settle();
    throw new Error(`everything rests before ${what}`);
  }

  const rows = async () => canonicalRows(await served.rows('owners'));

  it('goes on after a stop with what was not run, and is seen by nobody before its end', async () => {
    await serve();
    const second = hangingAt(3);
    await served.push('orders', upsert(...[1, 2, 3, 4, 5, 6, 7, 8].map((id) => order(id, `s${id}`))));
    await Promise.race([second, restsBefore('the second part')]);
    expect(served.position('owners'), 'what consumers see of a part').toBe(0);
    expect(await served.rows('owners')).toEqual([]);

    const run = ordersRun();
    await served.restart();
    await served.settle();
    expect(run()).toEqual([4, 5, 6, 7, 8]);
    expect(await rows()).toEqual(exactly(...[1, 2, 3, 4, 5, 6, 7, 8].map((id): Row => [`s${id}`, id])));
    expect((await served.records('owners')).length).toBe(8);
    expect(await served.wrongRows('owners')).toBe(0);
  });

  it('is made at once where two records claim a key on the way, and no longer do in the end', async () => {
    await serve();
    await served.push(
      'orders',
      upsert(order(1, 'a'), order(2, 'a'), order(3, 'c'), order(4, 'd'), order(2, 'b')),
    );
    await served.settle();
    expect(await rows()).toEqual(exactly(['a', 1], ['b', 2], ['c', 3], ['d', 4]));
  });

  it('is stepped on from after a start, without running everything, until what was looked into moves', async () => {
    await serve();
    await served.push('names', upsert('{"sku":"a","name":"Ant"}'));
    await served.push('orders', upsert(order(1, 'a'), order(2, 'b')));
    await served.settle();
    const run = ordersRun();
    await served.restart();
    await served.push('orders', upsert(order(2, 'c')));
    await served.settle();
    expect(new Set(run())).toEqual(new Set([2]));
    expect(await rows()).toEqual(exactly(['a', 1, 'Ant'], ['c', 2]));
    await served.restart();
    await served.push('names', upsert('{"sku":"a","name":"Ape"}', '{"sku":"c","name":"Cat"}'));
    await served.settle();
    expect(await rows()).toEqual(exactly(['a', 1, 'Ape'], ['c', 2, 'Cat']));
  });
});
