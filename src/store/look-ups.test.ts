import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { integerBetween, oneOf, seededRandom } from '../base/random.ts';
import type { Dataset, Field } from '../schema/field.ts';
import { keyName } from './row-key.ts';
import { TestEngines, TestStore } from './test-store.ts';
import { ViewStorage } from './view-storage.ts';

const STREAM = 'shop.keys@1';
const SEED = Number(process.env['WHARF_SEED'] ?? 20_261_122);

/** A key of each type, as journaled and as its text in a URL. */
const KEYS: readonly (readonly [Field, readonly (readonly [journaled: string, text: string])[]])[] = [
  [
    { name: 'k', type: 'string' },
    [
      ['"a"', 'a'],
      ['""', ''],
      ['"é\\"\\\\/\\n\\u007f😀"', 'é"\\/\n\u007f😀'],
      [`"${'x'.repeat(3_000)}"`, 'x'.repeat(3_000)],
    ],
  ],
  [
    { name: 'k', type: 'integer' },
    [
      ['9007199254740993', '9007199254740993'],
      ['-1', '-1'],
    ],
  ],
  [
    { name: 'k', type: 'decimal', precision: 20, scale: 2 },
    [
      ['1.5', '1.50'],
      ['"123456789012345678.25"', '123456789012345678.25'],
      ['2', '2'],
    ],
  ],
  [
    { name: 'k', type: 'number' },
    [
      ['0.1', '0.1'],
      ['1e300', '1e300'],
      ['1E-7', '0.0000001'],
    ],
  ],
  [{ name: 'k', type: 'boolean' }, [['true', 'true']]],
  [{ name: 'k', type: 'date' }, [['"2001-01-31"', '2001-01-31']]],
  [{ name: 'k', type: 'time' }, [['"22:27:00.5"', '22:27:00.5']]],
  [
    { name: 'k', type: 'timestamp' },
    [
      ['"2001-01-31T22:27:00Z"', '2001-01-31T22:27:00Z'],
      ['"2001-01-31T22:27:00.5Z"', '2001-01-31T23:27:00.500+01:00'],
    ],
  ],
  [{ name: 'k', type: 'timestamp', zone: 'local' }, [['"2001-01-31T22:27:00"', '2001-01-31T22:27:00']]],
  [{ name: 'k', type: 'bytes' }, [['"+/8="', '+/8=']]],
];

function datasetOf(field: Field): Dataset {
  return {
    name: 'keys',
    key: ['k', 'part'],
    extra: 'refuse',
    fields: [{ name: 'n', type: 'integer' }, field, { name: 'part', type: 'string' }],
  };
}

describe('look-ups by key', () => {
  let engines: TestEngines;
  beforeAll(async () => {
    engines = await TestEngines.start();
  });
  afterAll(() => engines.close());

  const open = (dataset: Dataset, keyViewAfterLookups: number) =>
    TestStore.open(engines, [{ stream: STREAM, datasets: [dataset], historyMs: undefined }], {
      limits: { keyViewAfterLookups },
    });

  it.each(KEYS)('find a key of type $type by its text, with a key view and without', async (field, keys) => {
    for (const after of [0, 1_000_000]) {
      const test = await open(datasetOf(field), after);
      const body = Buffer.from(
        keys.map(([journaled], n) => `{"n":${n},"k":${journaled},"part":"p,q"}\n`).join(''),
      );
      await test.journal.commit({ appends: [{ stream: STREAM, dataset: 'keys', count: keys.length, body }] });
      const head = test.journal.head(STREAM);
      for (let round = 0; round < 3; round++) {
        for (const [n, [, text]] of keys.entries()) {
          const row = await test.store.row(STREAM, 'keys', head, [text, 'p,q']);
          expect(row && JSON.parse(row).n, `"${text.slice(0, 40)}"`).toBe(n);
        }
        expect(await test.store.row(STREAM, 'keys', head, [keys[0]?.[1] ?? '', 'p'])).toBeUndefined();
        await new Promise((resolve) => setTimeout(resolve, 30));
      }
      await test.close();
    }
  });

  it('see a row at once after it was journaled, changed and deleted', async () => {
    const test = await open(datasetOf({ name: 'k', type: 'integer' }), 0);
    const read = (position: number) => test.store.row(STREAM, 'keys', position, ['1', 'a']);
    const document = (n: number) => ({ dataset: 'keys', document: { n, k: 1, part: 'a' } });
    await test.push(STREAM, [document(0)]);
    await read(1);
    await expect.poll(() => read(1)).toBe('{"n":0,"k":1,"part":"a"}');
    for (let n = 1; n <= 20; n++) {
      const head = await test.push(STREAM, n % 5 === 0 ? [{ ...document(n), op: 'delete' }] : [document(n)]);
      const [now, before] = await Promise.all([read(head), read(head - 1)]);
      expect(now).toBe(n % 5 === 0 ? undefined : `{"n":${n},"k":1,"part":"a"}`);
      expect(before).toBe(n % 5 === 1 && n > 1 ? undefined : `{"n":${n - 1},"k":1,"part":"a"}`);
      if (n % 7 === 0) await test.store.flush(STREAM);
    }
    await test.close();
  });

  it('give the rows of exactly the position that is asked for, at every moment while these move', async () => {
    const limits = { keyViewRecentRows: 5, keyViewSliceRows: 2, keyViewAtHandRecords: 8 };
    const dataset = datasetOf({ name: 'k', type: 'integer' });
    const test = await TestStore.open(
      engines,
      [{ stream: STREAM, datasets: [dataset], historyMs: undefined }],
      {
        limits,
      },
    );
    const random = seededRandom(SEED);
    const near = test.store.near(STREAM, 'keys');
    const ids = Array.from({ length: 12 }, (_, k) => k);
    const names = ids.map((k) => keyName([String(k), 'a']));
    const model = new Map<number, string>();
    const states = new Map<number, readonly (string | undefined)[]>();
    const seen = { rows: 0, stale: 0 };
    const look = () => {
      for (const [position, state] of states) {
        const rows = near.readAll(position, names);
        seen[rows ? 'rows' : 'stale'] += 1;
        if (rows) expect(rows, `at ${position}`).toEqual(state);
      }
    };
    for (let round = 0; round < 30; round++) {
      const count = random.next() < 0.1 ? 20 : integerBetween(random, 1, 6);
      const records = Array.from({ length: count }, (_, i) => {
        const k = oneOf(random, ids);
        const isDelete = random.next() < 0.3;
        const n = round * 100 + i;
        if (isDelete) model.delete(k);
        else model.set(k, `{"n":${n},"k":${k},"part":"a"}`);
        return {
          dataset: 'keys',
          document: { n, k, part: 'a' },
          op: isDelete ? 'delete' : 'upsert',
        } as const;
      });
      const head = await test.push(STREAM, records);
      states.set(
        head,
        ids.map((k) => model.get(k)),
      );
      if (random.next() < 0.1) await test.store.flush(STREAM);
      let isThere = false;
      const advanced = near.advance(head).then(() => {
        isThere = true;
      });
      while (!isThere) {
        look();
        await (random.next() < 0.5 ? Promise.resolve() : new Promise(setImmediate));
      }
      await advanced;
      look();
    }
    await expect
      .poll(async () => (await near.advance(test.journal.head(STREAM))) && look() === undefined)
      .toBe(true);
    expect(seen.rows, `seed ${SEED}`).toBeGreaterThan(30);
    await test.close();
  });

  it('go on when the view cannot take what changed', async () => {
    const limits = { keyViewAfterLookups: 0, keyViewRecentRows: 1 };
    const dataset = datasetOf({ name: 'k', type: 'integer' });
    const test = await TestStore.open(
      engines,
      [{ stream: STREAM, datasets: [dataset], historyMs: undefined }],
      {
        limits,
      },
    );
    const push = (n: number) => test.push(STREAM, [{ dataset: 'keys', document: { n, k: 1, part: 'a' } }]);
    const read = (position: number) => test.store.row(STREAM, 'keys', position, ['1', 'a']);
    const row = (n: number) => `{"n":${n},"k":1,"part":"a"}`;
    await read(await push(0));
    expect(await read(await push(1))).toBe(row(1));
    const write = vi.spyOn(ViewStorage.prototype, 'write').mockRejectedValue(new Error('no room'));
    try {
      for (let n = 2; n < 8; n++) expect(await read(await push(n))).toBe(row(n));
      expect(write).toHaveBeenCalled();
    } finally {
      write.mockRestore();
    }
    for (let n = 8; n < 12; n++) expect(await read(await push(n))).toBe(row(n));
    await test.close();
  });

  it('answer many at the same time, each with its own row', async () => {
    const test = await open(datasetOf({ name: 'k', type: 'integer' }), 1_000_000);
    await test.push(
      STREAM,
      Array.from({ length: 600 }, (_, k) => ({ dataset: 'keys', document: { n: k * 2, k, part: 'a' } })),
    );
    const rows = await Promise.all(
      Array.from({ length: 700 }, (_, k) => test.store.row(STREAM, 'keys', 600, [String(k), 'a'])),
    );
    expect(rows.map((row) => row && (JSON.parse(row).n as number))).toEqual(
      Array.from({ length: 700 }, (_, k) => (k < 600 ? k * 2 : undefined)),
    );
    await test.close();
  });

  it('refuse a wrong number of key parts, and find nothing for a text that is no value of the key', async () => {
    const test = await open(datasetOf({ name: 'k', type: 'integer' }), 0);
    await expect(test.store.row(STREAM, 'keys', 0, ['1'])).rejects.toMatchObject({
      code: 'KEY_PARTS',
      message: 'Expected 2 key parts (k, part), received 1.',
    });
    expect(await test.store.row(STREAM, 'keys', 0, ['one', 'a'])).toBeUndefined();
    await expect(test.store.row(STREAM, 'keys', 7, ['1', 'a'])).rejects.toMatchObject({
      code: 'POSITION_UNKNOWN',
    });
    await test.close();
  });
});
