import { mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { VirtualClock } from '../base/clock.ts';
import type { GuestDatabase, GuestParam } from './guest-messages.ts';
import { GuestPool } from './guest-pool.ts';
import { GUEST_IDLE_MS, GUEST_OLD_MS, GUEST_TASKS_OLD } from './limits.ts';
import { childProcesses, startTestEngine } from './test-engine.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'wharf-guest-'));
const file = path.join(folder, 'own.parquet');
const other = path.join(folder, 'other.parquet');
const database: GuestDatabase = {
  key: 'a',
  files: [file],
  setup: [
    'create schema shop',
    `create view shop.items as select * from read_parquet('${file}')`,
    `create view shop.stolen as select 1 as id`,
  ],
};
const base = { name: 'mesh', setup: ['create macro twice(n) as n * 2'] };
const caller = { consumer: 'me', access: 'all', signal: new AbortController().signal };
let pool: GuestPool;

beforeAll(async () => {
  const engine = startTestEngine();
  for (const to of [file, other])
    await engine.run(
      `copy (select i as id, i * 1.5 as price, 'n' || i as name from range(5000) t(i)) to '${to}'`,
    );
  await engine.close();
  writeFileSync(path.join(folder, 'secret.csv'), 'a,b\n1,2\n');
  pool = new GuestPool({ folder: path.join(folder, 'guests'), base, deadlineMs: 3_000 });
});

afterAll(async () => pool.close());

async function rows(sql: string, params: GuestParam[] = [], rowsMax = 10_000): Promise<string[]> {
  const query = { database, sql, tree: undefined, names: { head: [], tail: [] } };
  const running = await pool.start({ query, params, format: { kind: 'json' }, rowsMax }, caller);
  const texts = [Buffer.from(running.started.page.bytes).toString()];
  for (let { done } = running.started.page; !done; ) {
    const page = await running.fetch(rowsMax);
    texts.push(Buffer.from(page.bytes).toString());
    done = page.done;
  }
  await running.close();
  return texts.join('').split('\n').slice(0, -1);
}

describe('a guest', () => {
  it('refuses a parameter of a type that the statement was not described for, rather than to misread its rows', async () => {
    const sql = 'select json_object($1::varchar, 1) as made, $2 as given';
    const made = { text: 'n', type: undefined };
    expect(await rows(sql, [made, { text: 'x', type: undefined }])).toEqual(['{"made":{"n":1},"given":"x"}']);
    await expect(rows(sql, [made, { text: '7', type: 'BIGINT' }])).rejects.toMatchObject({
      code: 'SQL_FAILED',
      details: { sqlState: '42P18' },
    });
  });

  it('answers over the files that it was given', async () => {
    expect(await rows('select count(*) as n, sum(price) as p, twice(2) as f from shop.items')).toEqual([
      '{"n":5000,"p":18746250.0,"f":4}',
    ]);
    expect(
      await rows('select id, name from mesh.shop.items where id = $1', [{ text: '7', type: undefined }]),
    ).toEqual(['{"id":7,"name":"n7"}']);
  });

  it('gives all rows, page by page, in order', async () => {
    const all = await rows('select id from shop.items order by id', [], 700);
    expect(all.map((line) => JSON.parse(line).id)).toEqual(Array.from({ length: 5_000 }, (_, i) => i));
  });

  it.each([
    `select * from read_parquet('${other}')`,
    `select * from read_csv('${path.join(folder, 'secret.csv')}')`,
    `select * from '${path.join(folder, 'secret.csv')}'`,
    `copy (select 1) to '${path.join(folder, 'out.csv')}'`,
    'set enable_external_access = true',
    'install httpfs',
    `attach '${path.join(folder, 'x.db')}' as x`,
  ])('reaches nothing else, even where no admission stands before it: %s', async (sql) => {
    await expect(rows(sql)).rejects.toMatchObject({ code: 'SQL_FAILED' });
  });

  it('tells of an error behind the first rows, and goes on with the next statement', async () => {
    await expect(
      rows("select 1 / (case when id = 4999 then error('late') else 1 end) from shop.items"),
    ).rejects.toMatchObject({
      code: 'SQL_FAILED',
    });
    expect(await rows('select 1 as one')).toEqual(['{"one":1}']);
  });

  it('is stopped at its deadline, and when its caller goes', async () => {
    const endless =
      'select count(*) as n from range(100000000) a, range(1000000) b where a.range + b.range = -1';
    await expect(rows(endless)).rejects.toMatchObject({ code: 'SQL_DEADLINE' });
    const gone = new AbortController();
    const query = { database, sql: endless, tree: undefined, names: { head: [], tail: [] } };
    const start = pool.start(
      { query, params: [], format: { kind: 'json' }, rowsMax: 1 },
      { ...caller, signal: gone.signal },
    );
    setTimeout(() => gone.abort(new Error('gone')), 50);
    await expect(start).rejects.toThrow('gone');
    expect(await rows('select 2 as two')).toEqual(['{"two":2}']);
  });

  it('is held to its memory, and nobody else notices', async () => {
    await expect(rows("select length(repeat('x', 4000000000)) as n")).rejects.toMatchObject({
      code: 'SQL_MEMORY',
    });
    expect(await rows('select 3 as three')).toEqual(['{"three":3}']);
  });

  it('has a new process after many statements, and nobody notices', async () => {
    const before = new Set(childProcesses());
    const renewed = new GuestPool({ folder: path.join(folder, 'renewed'), base, tasksMax: 3 });
    const mine = () => childProcesses().filter((pid) => !before.has(pid));
    const seen = new Set<number>();
    try {
      for (let turn = 0; seen.size < 3; turn++) {
        const sql = `select ${turn} as n`;
        const trees = await Promise.all([renewed.parse(sql, caller), renewed.parse(sql, caller)]);
        for (const tree of trees) expect(JSON.parse(tree).statements).toHaveLength(1);
        for (const pid of mine()) seen.add(pid);
        expect(mine().length, 'one for each of the two who ask').toBeLessThanOrEqual(2);
      }
    } finally {
      await renewed.close();
    }
    expect(mine()).toEqual([]);
  });

  it('has a new process after fewer statements when it is old', async () => {
    const before = new Set(childProcesses());
    const mine = () => childProcesses().filter((pid) => !before.has(pid));
    const clock = new VirtualClock(0);
    const renewed = new GuestPool({ folder: path.join(folder, 'old'), base, clock });
    try {
      for (let task = 1; task < GUEST_TASKS_OLD; task++) await renewed.parse('select 1', caller);
      const first = mine();
      clock.advance(GUEST_OLD_MS);
      await renewed.parse('select 1', caller);
      expect(mine(), 'it was the last one').toEqual([]);
      await renewed.parse('select 1', caller);
      expect(mine()).toHaveLength(1);
      expect(mine()).not.toEqual(first);
    } finally {
      await renewed.close();
    }
  });

  it('waits its turn when all guests are busy', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => rows(`select ${i} as n`)));
    expect(answers.flat()).toEqual(Array.from({ length: 20 }, (_, i) => `{"n":${i}}`));
  });

  it('that is held open and not read gives way to who waits; one that is read stays', async () => {
    const clock = new VirtualClock(0);
    const held = new GuestPool({ folder: path.join(folder, 'held'), base, clock });
    const hold = (consumer: string) => {
      const query = {
        database,
        sql: 'select id from shop.items',
        tree: undefined,
        names: { head: [], tail: [] },
      };
      const request = { query, params: [], format: { kind: 'json' } as const, rowsMax: 1 };
      return held.start(request, { ...caller, consumer });
    };
    const kept = [await hold('one'), await hold('one'), await hold('one'), await hold('two')];
    const waits = hold('three');
    const turn = () => new Promise((resolve) => setImmediate(resolve));
    for (const ms of [GUEST_IDLE_MS / 2, GUEST_IDLE_MS / 2 - 1]) {
      await turn();
      clock.advance(ms);
    }
    // All of them but the second.
    for (const [i, statement] of kept.entries()) if (i !== 1) await statement.fetch(1);
    clock.advance(1);
    expect(Buffer.from((await waits).started.page.bytes).toString()).toBe('{"id":0}\n');
    await expect(kept[1]?.fetch(1)).rejects.toMatchObject({ code: 'SQL_IDLE' });
    for (const [i, statement] of kept.entries()) if (i !== 1) expect((await statement.fetch(1)).rows).toBe(1);
    for (const statement of kept) await statement.close();
    await held.close();
  });
});
