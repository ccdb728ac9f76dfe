/**
 * The process is killed while TypeScript derives a product, at named points and at random times, and started again on the same data.
 *
 * What must hold in the end: the rows are those of the inputs; every record of the product's journal changed something when it was
 * journaled (one that was journaled twice would not); the open rejects are the records that fail; and no process is left over.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { integerBetween, oneOf, type Random, seededRandom } from '../../src/base/random.ts';
import { eventually, meshFolder } from '../support/mesh-folder.ts';
import { SEED } from '../support/seed.ts';
import { expectedLines, linesOf, type Order, TYPESCRIPT_MESH } from '../support/typescript-mesh.ts';
import { WharfProcess } from '../support/wharf-process.ts';

const BATCHES = 12;
const POINTS = ['derive.before-commit:1', 'derive.after-commit:1'];
const KILLS_MAX = 2;
const LIFE_MS = [600, 2_500] as const;

interface Batch {
  readonly product: 'orders' | 'customers';
  readonly op: 'upsert' | 'delete';
  readonly body: string;
}

/** Batches of changes, and what the inputs hold after all of them. */
function changes(random: Random) {
  const orders = new Map<string, Order>();
  const customers = new Map<string, string>();
  const batches = Array.from({ length: BATCHES }, (): Batch => {
    const name = oneOf(random, ['Ana', 'Ben', 'Cleo']);
    const kind = integerBetween(random, 1, 5);
    if (kind === 1) {
      const country = oneOf(random, ['DE', 'FR']);
      customers.set(name, country);
      return { product: 'customers', op: 'upsert', body: `{"name":"${name}","country":"${country}"}\n` };
    }
    if (kind === 2 && orders.size > 0) {
      const id = oneOf(random, [...orders.keys()]);
      orders.delete(id);
      return { product: 'orders', op: 'delete', body: `{"id":${id}}\n` };
    }
    const given = Array.from({ length: integerBetween(random, 1, 4) }, () => randomOrder(random, name));
    for (const order of given) orders.set(order.id, order);
    return { product: 'orders', op: 'upsert', body: given.map((order) => `${textOf(order)}\n`).join('') };
  });
  return { orders, customers, batches };
}

function randomOrder(random: Random, customer: string): Order {
  const items = Array.from({ length: integerBetween(random, 0, 3) }, () => ({
    sku: oneOf(random, ['a', 'b', 'c']),
    count: integerBetween(random, 0, 4),
    price: `${integerBetween(random, 0, 99)}.${integerBetween(random, 10, 99)}`,
  }));
  return { id: String(integerBetween(random, 1, 8)), customer, items };
}

function textOf({ id, customer, items }: Order): string {
  const texts = items.map(({ sku, count, price }) => `{"sku":"${sku}","count":${count},"price":${price}}`);
  return `{"id":${id},"customer":"${customer}","items":[${texts.join(',')}]}`;
}

/** False when the process is gone before it answers; the same push may then be repeated. */
async function push(wharf: WharfProcess, { product, op, body }: Batch, key: string): Promise<boolean> {
  try {
    const answer = await fetch(`${wharf.url}/p/test.${product}/v1/inputs/push?op=${op}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/x-ndjson', 'Idempotency-Key': key },
      body,
    });
    if (!answer.ok) throw new Error(`${answer.status}: ${await answer.text()}`);
    return true;
  } catch (thrown) {
    if (thrown instanceof TypeError) return false;
    throw thrown;
  }
}

function childrenOf(pid: number): number[] {
  try {
    const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
    return text.split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

interface Life {
  readonly env?: Readonly<Record<string, string>>;
  readonly killAfterMs?: number;
}

class Run {
  readonly #mesh: string;
  readonly #batches: readonly Batch[];
  #next = 0;
  readonly children = new Set<number>();

  constructor(mesh: string, batches: readonly Batch[]) {
    this.#mesh = mesh;
    this.#batches = batches;
  }

  get data(): string {
    return path.join(this.#mesh, '.wharf');
  }

  /** Pushes until everything is pushed and derived, or the process is killed; tells which. */
  async live({ env = {}, killAfterMs }: Life): Promise<'killed' | 'done'> {
    const wharf = await WharfProcess.start({ mesh: this.#mesh, data: this.data, env }).catch(() => undefined);
    if (!wharf) return 'killed';
    let end: 'killed' | 'done' = 'done';
    void wharf.ended.then(() => {
      end = 'killed';
    });
    const timer = killAfterMs === undefined ? undefined : setTimeout(() => void wharf.kill(), killAfterMs);
    try {
      while (this.#next < this.#batches.length) {
        const batch = this.#batches[this.#next] as Batch;
        if (!(await push(wharf, batch, `batch-${this.#next}`))) break;
        this.#next += 1;
        if (this.#next % 3 === 0) await wharf.untilReady().catch(() => undefined);
        for (const pid of childrenOf(wharf.pid)) this.children.add(pid);
      }
      // A broken connection may be noticed before the end of the process is.
      const isAtRest = await wharf.untilReady().then(
        () => true,
        () => false,
      );
      if (!isAtRest) await wharf.ended;
      return end;
    } finally {
      clearTimeout(timer);
      await wharf.kill();
    }
  }

  async finish<T>(look: (wharf: WharfProcess) => Promise<T>): Promise<T> {
    const wharf = await WharfProcess.start({ mesh: this.#mesh, data: this.data });
    try {
      while (this.#next < this.#batches.length) {
        await push(wharf, this.#batches[this.#next] as Batch, `batch-${this.#next}`);
        this.#next += 1;
      }
      await wharf.untilReady();
      return await look(wharf);
    } finally {
      await wharf.stop();
    }
  }
}

/** Records that changed nothing when they were journaled. */
async function idleRecords(wharf: WharfProcess): Promise<string[]> {
  const { position } = await wharf.get<{ position: number }>('/p/test.lines/v1/rows?limit=1');
  if (position === 0) return [];
  const stop = new AbortController();
  const response = await fetch(`${wharf.url}/p/test.lines/v1/stream?from=earliest`, { signal: stop.signal });
  const state = new Map<string, string>();
  const idle: string[] = [];
  let text = '';
  for await (const chunk of response.body ?? []) {
    text += Buffer.from(chunk).toString('utf8');
    if (text.includes(`"position":${position},`) && text.endsWith('\n\n')) break;
  }
  stop.abort();
  for (const line of text.split('\n').filter((one) => one.startsWith('data: {'))) {
    const record = JSON.parse(line.slice('data: '.length)) as { op: string; key: unknown; document: unknown };
    const [key, document] = [JSON.stringify(record.key), JSON.stringify(record.document)];
    if (record.op === 'delete' ? !state.has(key) : state.get(key) === document) idle.push(line);
    if (record.op === 'delete') state.delete(key);
    else state.set(key, document);
  }
  return idle;
}

async function check(run: Run, { orders, customers }: ReturnType<typeof changes>): Promise<void> {
  await run.finish(async (wharf) => {
    const rows = await fetch(`${wharf.url}/p/test.lines/v1/files/lines.ndjson`);
    expect(linesOf(await rows.text())).toEqual(expectedLines(orders, customers));
    expect(await idleRecords(wharf)).toEqual([]);
    const failing = [...orders.values()].filter(({ items }) => items.some(({ count }) => count === 0));
    const { rejects } = await wharf.get<{ rejects: { document: string }[] }>('/p/test.lines/v1/rejects');
    const ids = rejects.map(({ document }) => String(JSON.parse(document).id));
    expect(ids.sort()).toEqual(failing.map(({ id }) => id).sort());
  });
  const left = await eventually(
    async () => [...run.children].filter(isAlive),
    (alive) => alive.length === 0,
  );
  expect(left).toEqual([]);
}

describe('a kill while TypeScript derives', () => {
  it(`at points of it, and at random times, ends as an undisturbed run does (seed ${SEED})`, async () => {
    const random = seededRandom(SEED);
    const all = changes(random);
    const run = new Run(await meshFolder(TYPESCRIPT_MESH), all.batches);
    for (const point of POINTS)
      expect([point, await run.live({ env: { WHARF_CRASH_AT: point } })]).toEqual([point, 'killed']);
    for (let kill = 0; kill < KILLS_MAX; kill++)
      await run.live({ killAfterMs: integerBetween(random, ...LIFE_MS) });
    await check(run, all);
  });
});
