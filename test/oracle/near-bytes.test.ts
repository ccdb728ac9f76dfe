/**
 * Steps by look-ups, over keys of every type: what they journal is, byte by byte, what the steps by files and the whole query journal for the same
 * changes. The three are three products of one query; one has a gate, which only files can do, and one is refreshed.
 */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { silentLog } from '../../src/base/log.ts';
import { integerBetween, oneOf, type Random, seededRandom } from '../../src/base/random.ts';
import type { Journal } from '../../src/journal/journal.ts';
import { NearStep } from '../../src/runtime/derive/near-step.ts';
import { startWorkers, type Workers } from '../../src/runtime/start-workers.ts';
import { itemsSpec } from '../support/mesh-folder.ts';
import { SEED } from '../support/seed.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { checkedMesh, ServedMesh } from './served-mesh.ts';

const ROUNDS = Number(process.env.WHARF_TEST_ROUNDS ?? 10);
const DELETE_SHARE = 0.25;
const NULL_SHARE = 0.2;

/** Values of each type, as they are pushed; some are one value in two spellings. */
const TYPES: Readonly<Record<string, { readonly type: string; readonly values: readonly string[] }>> = {
  text: {
    type: 'string',
    values: ['""', '"a"', '"b\'"', '"\\"q\\\\\\n"', '"é"', '"e\\u0301"', '"🚢"', '"null"'],
  },
  int: {
    type: 'integer',
    values: [
      '0',
      '-1',
      '9007199254740993',
      '9007199254740992',
      '9223372036854775807',
      '-9223372036854775808',
    ],
  },
  wide: {
    type: '"decimal(38,10)"',
    values: ['"1234567890123456789012345678.0000000001"', '"0.0000000001"', '"1.50"', '1.5', '"-0.5"', '"0"'],
  },
  narrow: { type: '"decimal(9,2)"', values: ['"1.50"', '1.5', '"-0.01"', '"9999999.99"', '0', '"-0.00"'] },
  at: {
    type: 'timestamp',
    values: [
      '"2024-02-29T12:00:00Z"',
      '"2024-02-29T14:00:00+02:00"',
      '"1999-12-31T23:59:59.1Z"',
      '"1999-12-31T23:59:59.100001Z"',
    ],
  },
  local: {
    type: 'timestamp, zone: local',
    values: ['"2024-02-29T12:00:00"', '"2024-02-29T12:00:00.5"', '"0001-01-01T00:00:00"'],
  },
  day: { type: 'date', values: ['"2024-02-29"', '"0001-01-01"', '"9999-12-31"'] },
  clock: { type: 'time', values: ['"12:00:00"', '"12:00:00.000001"', '"00:00:00"'] },
  flag: { type: 'boolean', values: ['true', 'false'] },
  id: {
    type: 'string, format: uuid',
    values: ['"6f2c9a52-7e39-4e42-9d0c-2f0b6a1f8d11"', '"00000000-0000-0000-0000-000000000000"'],
  },
};
const OTHERS = {
  n: { type: 'number', values: ['0.1', '-0.0', '1e21', '5e-324', '123456789.12345679'] },
  list: { type: 'array, items: "decimal(20,4)"', values: ['[]', '["1.5",null]', '[2,"3.0001"]'] },
  place: {
    type: 'object, fields: { at: timestamp, tags: { type: array, items: string }, amount: "decimal(38,2)" }',
    values: ['{"at":"2024-02-29T14:00:00+02:00","tags":["x\\"",null],"amount":"1.1"}', '{"tags":[]}', '{}'],
  },
};
type Named = keyof typeof TYPES;
const SINGLE: readonly Named[] = ['text', 'wide', 'narrow', 'at', 'local', 'day', 'id'];

interface Table {
  readonly name: string;
  readonly key: readonly string[];
  readonly columns: Readonly<Record<string, { readonly type: string; readonly values: readonly string[] }>>;
}

const COMPOSITES: readonly Table[] = [
  ['text', 'int', 'wide'],
  ['narrow', 'at', 'id'],
  ['flag', 'clock', 'day', 'local'],
].map((key, i) => ({
  name: `own${i}`,
  key,
  columns: {
    ...Object.fromEntries(key.map((name) => [name, TYPES[name] as (typeof OTHERS)['n']])),
    ...OTHERS,
  },
}));
const LOOKED_UP: readonly Table[] = SINGLE.map((name) => ({
  name: `by${name}`,
  key: [name],
  columns: { [name]: TYPES[name] as (typeof OTHERS)['n'], v: OTHERS.place },
}));
const NAMING: Table = {
  name: 'naming',
  key: ['no'],
  columns: {
    no: { type: 'integer', values: ['1', '2', '3', '4'] },
    ...Object.fromEntries(SINGLE.map((name) => [name, TYPES[name] as (typeof OTHERS)['n']])),
  },
};
const PUSHED = [...COMPOSITES, ...LOOKED_UP, NAMING];

interface Query {
  readonly name: string;
  readonly sql: string;
  readonly reads: readonly Table[];
  readonly key: readonly string[];
  readonly columns: Table['columns'];
}

const QUERIES: readonly Query[] = [
  ...COMPOSITES.map((table) => ({
    name: `of${table.name}`,
    sql: `select * from ${table.name} where n is null or n < 1e20`,
    reads: [table],
    key: table.key,
    columns: table.columns,
  })),
  {
    name: 'ofnaming',
    sql: `select x.no, ${SINGLE.map((name) => `by${name}.v as ${name}`).join(', ')} from naming x ${SINGLE.map((name) => `left join by${name} on by${name}.${name} = x.${name}`).join(' ')}`,
    reads: [NAMING, ...LOOKED_UP],
    key: ['no'],
    columns: {
      no: { type: 'integer', values: [] },
      ...Object.fromEntries(SINGLE.map((name) => [name, OTHERS.place])),
    },
  },
];
const HOW = {
  near: '',
  files: 'gate: true\nchecks:\n  - rows: { min: 0 }\n',
  whole: '',
} as const;
type How = keyof typeof HOW;

function spec(name: string, rest: string): string {
  return itemsSpec(rest).replace('product: test.items', `product: test.${name}`);
}

function fieldsText(key: readonly string[], columns: Table['columns']): string {
  const fields = Object.entries(columns).map(
    ([name, { type }]) => `${name}: { type: ${type}${key.includes(name) ? ', required: true' : ''} }`,
  );
  return `key: [${key.join(', ')}]\nfields:\n${fields.map((text) => `  ${text}\n`).join('')}`;
}

function meshTexts(): Record<string, string> {
  const texts: Record<string, string> = { 'mesh.yaml': 'mesh: near\n' };
  for (const { name, key, columns } of PUSHED)
    texts[`${name}.product.yaml`] = spec(
      name,
      `inputs: { source: { from: push } }\n${fieldsText(key, columns)}`,
    );
  for (const { name, sql, reads, key, columns } of QUERIES)
    for (const how of Object.keys(HOW) as How[]) {
      const inputs = reads.map((table) => `${table.name}: test.${table.name}@1`).join(', ');
      const mode = how === 'whole' ? '\n  mode: refresh' : '';
      const transform = `inputs: { ${inputs} }\ntransform:\n  sql: ${JSON.stringify(sql)}${mode}\n`;
      texts[`${name}${how}.product.yaml`] = spec(
        `${name}${how}`,
        `${HOW[how]}${transform}${fieldsText(key, columns)}`,
      );
    }
  return texts;
}

/** Some records of one table: rows, or keys of rows. */
function changeOf(random: Random, { key, columns }: Table) {
  const op = random.next() < DELETE_SHARE ? ('delete' as const) : ('upsert' as const);
  const document = () => {
    const members = Object.entries(columns).flatMap(([name, { values }]) => {
      const isKey = key.includes(name);
      if (!isKey && op === 'delete') return [];
      return [`"${name}":${!isKey && random.next() < NULL_SHARE ? 'null' : oneOf(random, values)}`];
    });
    return `{${members.join(',')}}`;
  };
  return { op, records: Array.from({ length: integerBetween(random, 1, 5) }, document) };
}

/** All records of a product, as they stand in the journal. */
function journaled(journal: Journal, stream: string): string[] {
  const head = journal.head(stream);
  if (head === 0) return [];
  return [...journal.read(stream, 1, head)].flatMap(({ body, first, last, deletes }) => {
    const lines = Buffer.from(body).toString('utf8').split('\n');
    return Array.from(
      { length: last - first + 1 },
      (_, i) => `${deletes.includes(i) ? '-' : '+'} ${lines[i]}`,
    );
  });
}

describe(`steps by look-ups (seed ${SEED})`, () => {
  let workers: Workers;
  let served: ServedMesh;

  beforeAll(async () => {
    workers = startWorkers(await temporaryFolder('workers'), silentLog);
    served = await ServedMesh.open(checkedMesh(meshTexts()), await temporaryFolder('near'), workers);
  });
  afterAll(async () => {
    await served?.close();
    await workers.pool.close();
    await Promise.all([workers.engine.close(), workers.reader.close()]);
  });

  it('journal what files and whole queries do, byte by byte, whatever the type of the key', async () => {
    const random = seededRandom(SEED);
    const steps = vi.spyOn(NearStep.prototype, 'take');
    for (const table of PUSHED) await served.push(table.name, changeOf(random, table));
    await served.settle();
    for (let round = 0; round < ROUNDS; round++) {
      // Only changes of what names its key, and of what is found by its own, are taken near.
      const table = oneOf(random, random.next() < 0.15 ? LOOKED_UP : [...COMPOSITES, NAMING, NAMING]);
      await served.push(table.name, changeOf(random, table));
      await served.settle();
    }
    for (const { name } of QUERIES) {
      const [near, files, whole] = (Object.keys(HOW) as How[]).map((how) =>
        served.journaled(`${name}${how}`, journaled),
      );
      expect(near?.length, name).toBeGreaterThan(0);
      expect(files, `${name} by files`).toEqual(whole);
      expect(near, `${name} by look-ups`).toEqual(whole);
    }
    const taken = (await Promise.all(steps.mock.results.map(({ value }) => value))).filter(Boolean);
    expect(taken.length).toBeGreaterThan(ROUNDS / 4);
    expect(taken.filter(({ deletes }) => deletes.count > 0).length).toBeGreaterThan(0);
  });
});
