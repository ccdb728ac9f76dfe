import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { integerBetween, oneOf, seededRandom } from '../base/random.ts';
import { TestEngines } from '../store/test-store.ts';
import { CheckedStore } from './test-support/checked-store.ts';

const DAY_MS = 86_400_000;
const FIELDS = `key: [id]
fields:
  id: { type: integer, required: true }
  name: string
  shelf: string
  price: number
  at: timestamp
`;

describe('checks', () => {
  let engines: TestEngines;
  beforeAll(async () => {
    engines = await TestEngines.start();
  });
  afterAll(() => engines.close());

  const withCheck = (check: string, fields = FIELDS) =>
    CheckedStore.open(engines, `${fields}checks: [${check}]\n`);

  const ROWS = [
    { id: 1, name: 'apple', shelf: 'A1', price: 1.5 },
    { id: 2, name: 'pear', shelf: 'A2', price: 2 },
    { id: 3, name: 'plum', shelf: 'A1' },
  ];

  it.each([
    ['{ rows: { min: 3, max: 3 } }', 'passed', '3', null, []],
    ['{ rows: { min: 4 } }', 'failed', '3', null, []],
    ['{ nulls: { field: name, max: 0% } }', 'passed', '0', 0, []],
    ['{ nulls: { field: price, max: 34% } }', 'passed', '1', 1, [3]],
    ['{ nulls: { field: price, max: 33.3% } }', 'failed', '1', 1, [3]],
    ['{ unique: name }', 'passed', '0', 0, []],
    ['{ unique: shelf }', 'failed', '2', 2, [1, 3]],
    ['{ unique: shelf, tolerance: 33% }', 'passed', '2', 2, [1, 3]],
    ['{ unique: [shelf, name] }', 'passed', '0', 0, []],
    ['{ unique: [id, name] }', 'passed', '0', 0, []],
    ['{ references: shelf -> shop.shelves.code }', 'failed', '1', 1, [2]],
    ['{ references: shelf -> shop.shelves.code, tolerance: 66% }', 'passed', '1', 1, [2]],
    ['{ values: { field: shelf, in: [A1, A2] } }', 'passed', '0', 0, []],
    ['{ values: { field: price, in: [2] } }', 'failed', '1', 1, [1]],
    ['{ pattern: { field: name, matches: "^[a-z]+$" } }', 'passed', '0', 0, []],
    ['{ pattern: { field: name, matches: "^p" } }', 'failed', '1', 1, [1]],
    ['{ sql: "select count(*) from {table} where price < 1" }', 'passed', '0', 0, []],
    ['{ sql: "select count(*) from {table} where price < 2" }', 'failed', '1', 1, [1]],
    ['{ sql: "select count(*) from {table} where price < 2", is: 1 }', 'passed', '1', null, []],
    ['{ sql: "select max(price) from {table};", is: 2.00 }', 'passed', '2', null, []],
    ['{ sql: "select max(price) from {table}", is: 3 }', 'failed', '2', null, []],
    ['{ sql: "select price from {table}" }', 'broken', null, null, []],
    ['{ sql: "select cast(name as integer) from {table} limit 1" }', 'broken', null, null, []],
    ['{ fresh: { field: name, max: 1d } }', 'broken', null, null, []],
    ['{ fresh: { field: at, max: 1d } }', 'failed', null, null, []],
    ['{ volume: { window: 7d, change: 10% } }', 'passed', null, null, []],
  ])('%s is %s', async (check, status, measured, failing, samples) => {
    const store = await withCheck(check);
    await store.shelves('A1', 'A3');
    await store.push(ROWS);
    const outcome = await store.outcome();
    expect(outcome).toMatchObject({ status, measured, failing });
    expect(outcome.samples.map((text) => JSON.parse(text).id)).toEqual(samples);
    expect(outcome.message).toMatch(status === 'broken' ? /^It could not be run: ./ : /\.$/);
    await store.close();
  });

  it('tells a broken check apart from those that are counted with it', async () => {
    const store = await withCheck(
      '{ pattern: { field: price, matches: x } }, { nulls: { field: price, max: 50% } }',
    );
    await store.push(ROWS);
    const outcomes = await store.look();
    expect(outcomes.map(({ check, status }) => [check.id.split(/[-:]/)[0], status])).toEqual([
      ['key', 'passed'],
      ['required', 'passed'],
      ['pattern', 'broken'],
      ['nulls', 'passed'],
    ]);
    await store.close();
  });

  it('holds rows to what the fields demand by now, whatever they demanded when the rows came', async () => {
    const fields = `key: [id]
fields:
  id: { type: integer, required: true, max: 2 }
  name: { type: string, required: true, pattern: "^a", length: { max: 4 }, unique: true }
  shelf: { type: string, enum: [A1] }
`;
    const store = await CheckedStore.open(engines, fields);
    await store.push([
      { id: 1, name: 'a' },
      { id: 2, shelf: 'A2' },
      { id: 3, name: 'apple' },
      { id: 4, name: 'a' },
    ]);
    const failing = (await store.look()).map(({ check, failing }) => [check.id, failing]);
    expect(Object.fromEntries(failing)).toEqual({
      'key:rows': 0,
      'required:id': 0,
      'bounds:id': 2,
      'required:name': 1,
      'pattern:name': 0,
      'length:name': 1,
      'unique:name': 2,
      'allowed:shelf': 1,
    });
    await store.close();
  });

  it('knows how old the newest record and the newest time in a field are', async () => {
    const store = await withCheck('{ fresh: 2h }, { fresh: { field: at, max: 1d } }');
    await store.push([{ id: 1, at: '2025-12-31T06:00:00Z' }, { id: 2 }]);
    const nowMs = store.test.journal.headTimeUs('shop.items@1') / 1_000;
    const declared = async (ms: number) =>
      (await store.look({ nowMs: ms }))
        .filter(({ check }) => check.declared)
        .map((o) => [o.status, o.measured]);
    expect(await declared(nowMs)).toEqual([
      ['passed', '0s'],
      ['passed', '64800s'],
    ]);
    expect(await declared(nowMs + 3 * 3_600_000)).toEqual([
      ['failed', '10800s'],
      ['passed', '75600s'],
    ]);
    expect(await declared(nowMs + 7 * 3_600_000)).toEqual([
      ['failed', '25200s'],
      ['failed', '90000s'],
    ]);
    await store.close();
  });

  it('compares windows: how many records there were, and what they were like', async () => {
    const store = await withCheck(
      '{ volume: { window: 1d, change: 50% } }, { distribution: { field: price, window: 1d, change: 10% } }, { distribution: { field: name, window: 1d, change: 25% } }',
    );
    const day = async (count: number, price: number, names: readonly string[]) => {
      const at = store.test.clock.nowMs();
      await store.push(
        Array.from({ length: count }, (_, i) => ({ id: at + i, price, name: names[i % names.length] })),
      );
      store.test.clock.advance(DAY_MS);
    };
    const declared = async () =>
      (await store.look({ nowMs: store.test.clock.nowMs() - 3_600_000 }))
        .filter(({ check }) => check.declared)
        .map((o) => [o.status, o.measured]);
    await day(1, 1, ['a']);
    await day(8, 1, ['a', 'b']);
    await day(12, 1.1, ['a', 'b', 'b', 'b']);
    expect(await declared()).toEqual([
      ['passed', '50%'],
      ['passed', '10%'],
      ['passed', '25%'],
    ]);
    await day(5, 0.5, ['b']);
    expect(await declared()).toEqual([
      ['failed', '58.3333%'],
      ['failed', '54.5455%'],
      ['passed', '25%'],
    ]);
    await store.close();
  });

  it('compares a quantile, and the share of a value', async () => {
    const store = await withCheck(
      '{ distribution: { field: price, window: 1d, change: 50%, quantile: 75% } }, { distribution: { field: name, window: 1d, change: 20%, value: b } }',
    );
    const day = async (rows: readonly (readonly [price: number, name: string])[]) => {
      const at = store.test.clock.nowMs();
      await store.push(rows.map(([price, name], i) => ({ id: at + i, price, name })));
      store.test.clock.advance(DAY_MS);
    };
    const declared = async () =>
      (await store.look({ nowMs: store.test.clock.nowMs() - 3_600_000 }))
        .filter(({ check }) => check.declared)
        .map((o) => [o.status, o.measured, o.message]);
    await day([[1, 'a']]);
    await day([
      [1, 'a'],
      [2, 'b'],
      [3, 'b'],
      [4, 'b'],
      [5, 'b'],
    ]);
    await day([
      [100, 'c'],
      [1, 'a'],
      [6, 'b'],
      [6, 'b'],
      [2, 'b'],
    ]);
    expect(await declared()).toEqual([
      ['passed', '50%', 'The 75% quantile of price shifted by 50%.'],
      ['passed', '20%', 'The share of "b" of name shifted by 20%.'],
    ]);
    await day([
      [9, 'b'],
      [9, 'b'],
      [10, 'b'],
      [10, 'b'],
    ]);
    expect(await declared()).toEqual([
      ['failed', '66.6667%', 'The 75% quantile of price shifted by 66.6667%.'],
      ['failed', '40%', 'The share of "b" of name shifted by 40%.'],
    ]);
    await store.close();
  });

  it('compares a day with the same weekday of the week before', async () => {
    const store = await withCheck('{ volume: { window: 1d, against: week, change: 10% } }');
    const HOUR_MS = 3_600_000;
    for (const count of [1, 20, 2, 2, 2, 2, 2, 2]) {
      const at = store.test.clock.nowMs();
      await store.push(Array.from({ length: count }, (_, i) => ({ id: at + i })));
      store.test.clock.advance(DAY_MS);
    }
    const today = async (count: number) => {
      const at = store.test.clock.nowMs();
      await store.push(Array.from({ length: count }, (_, i) => ({ id: at + i })));
      const { status, measured } = await store.outcome({ nowMs: at + HOUR_MS });
      return [status, measured];
    };
    expect(await today(17)).toEqual(['failed', '15%']);
    expect(await today(2)).toEqual(['passed', '5%']);
    await store.close();
  });

  it('looks at new records alone where it is told to', async () => {
    const store = await withCheck(
      '{ rows: { max: 2 }, on: batch }, { sql: "select count(*) from {table} where price < 0", on: batch }, { pattern: { field: name, matches: "^p" }, on: batch }',
    );
    const since = await store.push([{ id: 1, price: -1, name: 'apple' }, { id: 2 }, { id: 3 }]);
    await store.push([
      { id: 2, name: 'plum' },
      { id: 2, name: 'pear' },
    ]);
    const statuses = (await store.look({ since }))
      .filter(({ check }) => check.declared)
      .map((o) => [o.status, o.measured]);
    expect(statuses).toEqual([
      ['passed', '1'],
      ['passed', '0'],
      ['passed', '0'],
    ]);
    const all = (await store.look()).filter(({ check }) => check.declared).map((o) => o.measured);
    expect(all).toEqual(['3', '1', '1']);
    await store.close();
  });

  it('counts rows again only where the records that came leave a doubt', async () => {
    const store = await withCheck('{ rows: { min: 2, max: 6 } }');
    const since = await store.push(ROWS);
    const check = (await store.outcome()).check.id;
    const lookAfter = async (rows: readonly object[]) => {
      await store.push(rows);
      const { status, measured, way } = await store.outcome({
        since,
        ranges: new Map([[check, { min: 3, max: 3 }]]),
      });
      return [status, measured, way];
    };
    expect(await lookAfter([{ id: 1 }])).toEqual(['passed', '2 to 4', 'changes']);
    expect(await lookAfter([{ id: 2 }])).toEqual(['passed', '3', 'all']);
    expect(await lookAfter([{ id: 4 }, { id: 5 }, { id: 6 }, { id: 7 }])).toEqual(['failed', '7', 'all']);
    await store.close();
  });

  const STEPS = Number(process.env.WHARF_TEST_STEPS ?? 6);
  const SUMMED = `key: [id]
fields:
  id: { type: integer, required: true }
  name: string
  shelf: string
  price: { type: integer, reduce: sum, max: 9 }
`;
  const KEYLESS = FIELDS.replace('key: [id]', 'key: none');
  const CHECKS =
    '{ unique: name }, { references: shelf -> shop.shelves.code }, { nulls: { field: name, max: 10% } }, { values: { field: shelf, in: [A1, A2, A3] } }, { pattern: { field: name, matches: "^n" } }';

  it.each([
    ['replaced', FIELDS, 1],
    ['summed', SUMMED, 2],
    ['kept each', KEYLESS, 3],
  ])('finds the same in the changes as in all rows, where records are %s', async (_how, fields, seed) => {
    const random = seededRandom(seed);
    const store = await withCheck(CHECKS, fields);
    await store.shelves('A1', 'A2');
    let clean = new Set<string>();
    let since: number | undefined;
    let quick = 0;
    for (let step = 0; step < STEPS; step++) {
      const bad = random.next() < 0.3;
      const rows = Array.from({ length: integerBetween(random, 1, 4) }, () => ({
        id: integerBetween(random, 1, 12),
        name: bad ? oneOf(random, ['n1', 'x', null, 'n2']) : `n${integerBetween(random, 10, 1_000_000)}`,
        shelf: bad ? oneOf(random, ['A3', 'A4', 'A1']) : oneOf(random, ['A1', 'A2', null]),
        price: integerBetween(random, -2, 2),
      }));
      const isDelete = fields !== KEYLESS && random.next() < 0.25;
      const position = await store.push(
        isDelete ? rows.map(({ id }) => ({ id })) : rows,
        isDelete ? 'delete' : 'upsert',
      );
      if (random.next() < 0.2) await store.test.store.flush('shop.items@1');
      const found = await store.look({ clean, ...(since === undefined ? {} : { since }) });
      const expected = await store.look();
      const facts = (outcomes: typeof found) =>
        outcomes.map(({ check, status, failing, measured, samples }) => [
          check.id,
          status,
          failing,
          measured,
          samples.length,
        ]);
      expect(facts(found), `seed ${seed}, step ${step}`).toEqual(facts(expected));
      quick += found.filter((outcome) => outcome.way === 'changes').length;
      clean = new Set(found.filter((outcome) => outcome.failing === 0).map(({ check }) => check.id));
      since = position;
    }
    expect(quick).toBeGreaterThan(STEPS / 2);
    await store.close();
  });
});
