/** What consumers see of derived products while inputs change, queries fail, and transforms are replaced. */
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentLog } from '../../src/base/log.ts';
import { startWorkers, type Workers } from '../../src/runtime/start-workers.ts';
import { checkedMesh, ServedMesh } from '../oracle/served-mesh.ts';
import { itemsSpec } from '../support/mesh-folder.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const PUSHED =
  'inputs: { source: { from: push } }\nkey: [id]\nfields:\n  id: integer\n  name: string\n  n: integer\n';

/** A product that is pushed to: `test.<name>` with id, name and n. */
function pushed(name: string): Record<string, string> {
  return { [`${name}.product.yaml`]: itemsSpec(PUSHED).replace('test.items', `test.${name}`) };
}

interface Derived {
  readonly reads: readonly string[];
  readonly sql: string;
  readonly key: string;
  /** As YAML, one a line. */
  readonly fields: readonly string[];
}

function derived(name: string, { reads, sql, key, fields }: Derived): Record<string, string> {
  const inputs = reads.map((read) => `  ${read}: test.${read}@1`).join('\n');
  const spec = `inputs:\n${inputs}\ntransform:\n  sql: ${JSON.stringify(sql)}\nkey: ${key}\nfields:\n  ${fields.join('\n  ')}\n`;
  return { [`${name}.product.yaml`]: itemsSpec(spec).replace('test.items', `test.${name}`) };
}

const upsert = (...rows: (readonly [id: number, name: string | null, n: number | null])[]) => ({
  op: 'upsert' as const,
  records: rows.map(([id, name, n]) => JSON.stringify({ id, name, n })),
});
const remove = (...ids: number[]) => ({
  op: 'delete' as const,
  records: ids.map((id) => JSON.stringify({ id })),
});

const SUMS = derived('sums', {
  reads: ['items'],
  sql: 'select name, sum(n) as n from items where name is not null group by name',
  key: '[name]',
  fields: ['name: string', 'n: integer'],
});
const NAMES = derived('names', {
  reads: ['items'],
  sql: 'select name, n from items where name is not null',
  key: '[name]',
  fields: ['name: string', 'n: { type: integer, max: 100 }'],
});

describe('a derived product', () => {
  let workers: Workers;
  const open: ServedMesh[] = [];

  beforeAll(async () => {
    workers = startWorkers(path.join(await temporaryFolder('derived'), 'workers'), silentLog);
  });

  afterAll(async () => {
    for (const served of open) await served.close();
    await Promise.all([workers.engine.close(), workers.reader.close(), workers.pool.close()]);
  });

  async function serve(...files: readonly Record<string, string>[]): Promise<ServedMesh> {
    const mesh = checkedMesh(Object.assign({}, ...files));
    const served = await ServedMesh.open(mesh, await temporaryFolder('derived-data'), workers);
    open.push(served);
    await served.settle();
    return served;
  }

  async function give(
    served: ServedMesh,
    product: string,
    push: ReturnType<typeof upsert> | ReturnType<typeof remove>,
  ) {
    await served.push(product, push);
    await served.settle();
  }

  /** `op key` and the document of every record behind a position. */
  async function changes(served: ServedMesh, product: string, behind = 0): Promise<string[]> {
    const records = await served.records(product);
    return records
      .filter(({ position }) => position > behind)
      .map(({ op, key, document }) => (op === 'delete' ? `delete ${key}` : `upsert ${document}`));
  }

  it('is empty while its input has no records, and has its rows once they come', async () => {
    const served = await serve(pushed('items'), SUMS);
    expect(await served.rows('sums')).toEqual([]);
    expect(served.position('sums')).toBe(0);
    await give(served, 'items', upsert([1, 'a', 2], [2, 'a', 3], [3, 'b', null]));
    expect(await changes(served, 'sums')).toEqual([
      'upsert {"name":"a","n":5}',
      'upsert {"name":"b","n":null}',
    ]);
  });

  it('journals what differs, and nothing for a change that its rows do not show', async () => {
    const served = await serve(pushed('items'), SUMS);
    await give(served, 'items', upsert([1, 'a', 2], [2, 'a', 3], [3, 'b', 1]));
    const before = served.position('sums');
    await give(served, 'items', upsert([1, 'a', 3], [2, 'a', 2], [4, null, 7]));
    expect(served.position('sums')).toBe(before);
    await give(served, 'items', remove(3));
    expect(await changes(served, 'sums', before)).toEqual(['delete {"name":"b"}']);
    expect(await served.wrongRows('sums')).toBe(0);
  });

  it('stays where it was when a key comes twice, names the key, and goes on by itself', async () => {
    const served = await serve(pushed('items'), NAMES);
    await give(served, 'items', upsert([1, 'a', 1], [2, 'b', 2]));
    const before = served.position('names');
    await served.push('items', upsert([3, 'b', 3], [4, 'c', 4]));
    const { code, message } = await served.failure('names');
    expect(code).toBe('DERIVED_KEY_TWICE');
    expect(message).toBe(
      'The transform of test.names@1 gives 2 rows with the key {"name":"b"}; it must give one.',
    );
    expect(served.position('names')).toBe(before);
    expect(await served.rows('names')).toEqual([
      { name: 'a', n: '#1' },
      { name: 'b', n: '#2' },
    ]);
    await served.push('items', remove(2));
    await expect.poll(() => served.position('names'), { timeout: 20_000 }).toBeGreaterThan(before);
    await served.settle();
    expect(await changes(served, 'names', before)).toEqual([
      'upsert {"name":"b","n":3}',
      'upsert {"name":"c","n":4}',
    ]);
  });

  it('stays where it was when a row breaks its contract, shows the row, and goes on by itself', async () => {
    const served = await serve(pushed('items'), NAMES);
    await give(served, 'items', upsert([1, 'a', 1]));
    const before = served.position('names');
    await served.push('items', upsert([2, 'b', 101]));
    const { code, message } = await served.failure('names');
    expect(code).toBe('DERIVED_ROW_INVALID');
    expect(message).toContain('/n');
    expect(message).toContain('{"name":"b","n":101}');
    expect(served.position('names')).toBe(before);
    await served.push('items', upsert([2, 'b', 100]));
    await expect.poll(() => served.position('names'), { timeout: 20_000 }).toBe(before + 1);
  });

  it('fails with what the engine says of its rows, and keeps those that it had', async () => {
    const casts = derived('casts', {
      reads: ['items'],
      sql: 'select id, cast(name as bigint) as n from items',
      key: '[id]',
      fields: ['id: integer', 'n: integer'],
    });
    const served = await serve(pushed('items'), casts);
    await give(served, 'items', upsert([1, '12', 0]));
    await served.push('items', upsert([2, 'twelve', 0]));
    const { code, message } = await served.failure('casts');
    expect(code).toBe('DERIVED_FAILED');
    expect(message).toContain("'twelve'");
    expect(await served.rows('casts')).toEqual([{ id: '#1', n: '#12' }]);
  });

  it('journals only the difference when its transform is replaced', async () => {
    const served = await serve(pushed('items'), SUMS);
    await give(served, 'items', upsert([1, 'a', 1], [2, 'b', 2], [3, 'b', 3], [4, 'c', 4]));
    const before = served.position('sums');
    const most = derived('sums', {
      reads: ['items'],
      sql: "select name, max(n) as n from items where name <> 'c' group by name",
      key: '[name]',
      fields: ['name: string', 'n: integer'],
    });
    await served.restart(checkedMesh({ ...pushed('items'), ...most }));
    await served.settle();
    expect(await changes(served, 'sums', before)).toEqual([
      'delete {"name":"c"}',
      'upsert {"name":"b","n":3}',
    ]);
  });

  it('writes nothing when it is started again', async () => {
    const served = await serve(pushed('items'), SUMS);
    await give(served, 'items', upsert([1, 'a', 1]));
    const before = served.position('sums');
    await served.restart();
    await served.settle();
    expect(served.position('sums')).toBe(before);
    expect(await served.wrongRows('sums')).toBe(0);
  });

  it('follows inputs that move one by one, and products that are derived themselves', async () => {
    const pairs = derived('pairs', {
      reads: ['items', 'others'],
      sql: 'select items.id, items.n + coalesce(others.n, 0) as n from items left join others on others.id = items.id',
      key: '[id]',
      fields: ['id: integer', 'n: integer'],
    });
    const total = derived('total', {
      reads: ['pairs'],
      sql: "select 'all' as name, sum(n) as n from pairs having count(*) > 0",
      key: '[name]',
      fields: ['name: string', 'n: integer'],
    });
    const last = derived('last', {
      reads: ['total', 'items'],
      sql: 'select items.id, total.n from items, total',
      key: '[id]',
      fields: ['id: integer', 'n: integer'],
    });
    const served = await serve(pushed('items'), pushed('others'), pairs, total, last);
    await give(served, 'others', upsert([1, null, 10], [9, null, 90]));
    expect(served.position('pairs')).toBe(0);
    await give(served, 'items', upsert([1, 'a', 1], [2, 'b', 2]));
    expect(await served.rows('last')).toEqual([
      { id: '#1', n: '#13' },
      { id: '#2', n: '#13' },
    ]);
    await give(served, 'others', remove(1));
    await give(served, 'items', remove(2));
    expect(await served.rows('last')).toEqual([{ id: '#1', n: '#1' }]);
    for (const product of ['pairs', 'total', 'last']) expect(await served.wrongRows(product)).toBe(0);
  });

  it('keeps equal rows once where the row is the key', async () => {
    const kinds = derived('kinds', {
      reads: ['items'],
      sql: 'select name, n > 2 as many from items',
      key: 'row',
      fields: ['name: string', 'many: boolean'],
    });
    const served = await serve(pushed('items'), kinds);
    await give(served, 'items', upsert([1, 'a', 1], [2, 'a', 2], [3, null, null]));
    const before = served.position('kinds');
    expect(before).toBe(2);
    await give(served, 'items', remove(1));
    expect(served.position('kinds')).toBe(before);
    await give(served, 'items', remove(2));
    expect(await served.rows('kinds')).toEqual([{ name: null, many: null }]);
  });

  it('shows a difference of several commits at once, or not at all', async () => {
    const pages = derived('pages', {
      reads: ['items'],
      sql: 'select id, repeat(name, 1000000) as text from items',
      key: '[id]',
      fields: ['id: integer', 'text: string'],
    });
    const served = await serve(pushed('items'), pages);
    const seen = new Set<number>();
    const rows = Array.from({ length: 20 }, (_, i) => [i + 1, 'x', 0] as const);
    await served.push('items', upsert(...rows));
    const watch = setInterval(() => seen.add(served.position('pages')), 1);
    await served.settle();
    clearInterval(watch);
    expect([...seen].filter((position) => position !== 0 && position !== 20)).toEqual([]);
    expect(served.position('pages')).toBe(20);
  });
});
