import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SEED } from '../../../test/support/seed.ts';
import { integerBetween, oneOf, type Random, seededRandom } from '../../base/random.ts';
import type { Engine } from '../../engine/engine.ts';
import { startTestEngine } from '../../engine/test-engine.ts';
import type { Dataset, Field } from '../../schema/field.ts';
import type { Relation } from '../../store/store.ts';
import { chooseWay, type Way } from '../../transform/choose-way.ts';
import type { DerivePlan } from '../../transform/derive-plan.ts';
import type { Services } from '../capture/services.ts';
import type { Derivation } from './derivation.ts';
import { openPart } from './open-change.ts';

const ROUNDS = Number(process.env.WHARF_TEST_ROUNDS ?? 4);

const field = (name: string, type: Field['type'], more: Partial<Field> = {}): Field => ({
  name,
  type,
  ...more,
});
const ORDERS: Dataset = {
  name: 'orders',
  key: ['id'],
  fields: [field('id', 'integer'), field('cust', 'integer'), field('n', 'integer'), field('tag', 'string')],
  extra: 'refuse',
};
const CUSTS: Dataset = {
  name: 'custs',
  key: ['id'],
  fields: [field('id', 'integer'), field('city', 'string'), field('boss', 'integer')],
  extra: 'refuse',
};
const EVENTS: Dataset = {
  name: 'events',
  key: 'none',
  fields: [field('id', 'integer'), field('cust', 'integer'), field('n', 'integer'), field('tag', 'string')],
  extra: 'refuse',
};

type Row = readonly (number | string | null)[];
interface Table {
  readonly dataset: Dataset;
  rows: Row[];
}

interface Case {
  readonly sql: string;
  readonly key: readonly string[];
  readonly fields: readonly Field[];
  readonly way: Way['kind'];
  /** The only input that moves, where it is not any of them. */
  readonly moves?: string;
}

const int = (...names: string[]) => names.map((name) => field(name, 'integer'));
const text = (...names: string[]) => names.map((name) => field(name, 'string'));
const rekeyed = (sql: string, key: string[], fields: Field[]): Case => ({ sql, key, fields, way: 'rekey' });
const refreshed = (sql: string, key: string[], fields: Field[]): Case => ({
  sql,
  key,
  fields,
  way: 'refresh',
});
const merged = (sql: string, key: string[], fields: Field[]): Case => ({ sql, key, fields, way: 'merge' });

const CASES: readonly Case[] = [
  rekeyed('select id, n * 2 as n from orders where n > 3', ['id'], int('id', 'n')),
  rekeyed(
    'select cust, count(*) as c, sum(n)::bigint as s, max(tag) as t from orders group by cust',
    ['cust'],
    [...int('cust', 'c', 's'), ...text('t')],
  ),
  rekeyed(
    'select cust, tag, median(n)::bigint as m from orders where n is not null group by cust, tag having count(*) > 1',
    ['cust', 'tag'],
    [...int('cust'), ...text('tag'), ...int('m')],
  ),
  rekeyed(
    'select o.id, c.city from orders o join custs c on c.id = o.cust',
    ['id'],
    [...int('id'), ...text('city')],
  ),
  rekeyed(
    'select o.id, c.city, b.city as boss from orders o left join custs c on c.id = o.cust left join custs b on b.id = c.boss',
    ['id'],
    [...int('id'), ...text('city', 'boss')],
  ),
  rekeyed(
    'select c.id, sum(o.n)::bigint as n from custs c left join orders o on o.cust = c.id group by c.id',
    ['id'],
    int('id', 'n'),
  ),
  rekeyed(
    'select c.city, count(*) as c from orders o join custs c on o.cust = c.id group by c.city',
    ['city'],
    [...text('city'), ...int('c')],
  ),
  rekeyed(
    'select c.city, o.tag, count(*) as c from orders o join custs c on o.cust = c.id group by all',
    ['city', 'tag'],
    [...text('city', 'tag'), ...int('c')],
  ),
  rekeyed(
    'select id, tag from orders semi join custs on custs.id = orders.cust and custs.city is not null',
    ['id'],
    [...int('id'), ...text('tag')],
  ),
  rekeyed(
    'select id, tag from orders anti join custs on custs.id = orders.cust',
    ['id'],
    [...int('id'), ...text('tag')],
  ),
  rekeyed(
    'select id, tag from orders where cust in (select boss from custs)',
    ['id'],
    [...int('id'), ...text('tag')],
  ),
  rekeyed('select distinct cust, tag from orders', ['cust', 'tag'], [...int('cust'), ...text('tag')]),
  rekeyed(
    "select lower(tag) || '!' as t, count(*) as c from orders group by 1",
    ['t'],
    [...text('t'), ...int('c')],
  ),
  rekeyed(
    'select cust as k, n from orders qualify row_number() over (partition by cust order by n desc nulls last, id) = 1',
    ['k'],
    int('k', 'n'),
  ),
  rekeyed(
    'select id, cust, sum(n) over (partition by cust order by id)::bigint as s from orders',
    ['cust', 'id'],
    int('id', 'cust', 's'),
  ),
  rekeyed('select distinct on (cust) cust, id from orders order by cust, id', ['cust'], int('cust', 'id')),
  rekeyed(
    'select cust as k, count(*) as c from (select cust from orders union all select id from custs) group by cust',
    ['k'],
    int('k', 'c'),
  ),
  rekeyed('select id from custs except select cust from orders', ['id'], int('id')),
  rekeyed('select id from custs intersect select cust from orders', ['id'], int('id')),
  rekeyed(
    'with big as (select * from orders where n > 5), per as (select cust, count(*) as c from big group by cust) select a.cust, a.c, b.c as d from per a join per b on a.cust = b.cust',
    ['cust'],
    int('cust', 'c', 'd'),
  ),
  rekeyed(
    'select a.cust, count(*) as c from orders a join orders b on a.cust = b.cust and a.id < b.id group by a.cust',
    ['cust'],
    int('cust', 'c'),
  ),
  rekeyed(
    'select x.cust as id, c.city, x.c from custs c right join (select cust, count(*) as c from orders group by cust) x on x.cust = c.id',
    ['id'],
    [...int('id'), ...text('city'), ...int('c')],
  ),
  rekeyed(
    'select o.cust as id, count(distinct c.city) as c from orders o join custs c on c.boss = o.cust group by o.cust',
    ['id'],
    int('id', 'c'),
  ),
  rekeyed(
    'select o.id, b.city from orders o, custs c, custs b where o.cust = c.id and b.id = c.boss and o.n > 2',
    ['id'],
    [...int('id'), ...text('city')],
  ),
  rekeyed(
    'select o.id, x.city from orders o left join (select c.id, b.city from custs c join custs b on b.id = c.boss) x on x.id = o.cust',
    ['id'],
    [...int('id'), ...text('city')],
  ),
  rekeyed(
    'select * exclude (n, boss, c.id) from orders o join custs c on c.boss = o.cust qualify count(*) over (partition by o.id) = 1',
    ['id'],
    [...int('id', 'cust'), ...text('tag', 'city')],
  ),
  refreshed(
    'select id, tag from orders where cust not in (select boss from custs where boss is not null)',
    ['id'],
    [...int('id'), ...text('tag')],
  ),
  refreshed(
    'select o.id, (select max(city) from custs) as m from orders o',
    ['id'],
    [...int('id'), ...text('m')],
  ),
  rekeyed(
    'select o.id, (select count(*) from custs c where c.boss = o.cust) as m from orders o',
    ['id'],
    int('id', 'm'),
  ),
  refreshed('select id, rank() over (order by n nulls last, id) as r from orders', ['id'], int('id', 'r')),
  refreshed('select id, n from orders order by n nulls last, id limit 5', ['id'], int('id', 'n')),
  rekeyed(
    'select coalesce(o.cust, c.id) as k, count(*) as c from orders o full join custs c on c.id = o.cust group by 1',
    ['k'],
    int('k', 'c'),
  ),
  rekeyed(
    "select coalesce(c.id, o.cust, 0) as k, count(c.city) as c from orders o full join custs c on c.id = o.cust and o.tag <> 'a' group by 1",
    ['k'],
    int('k', 'c'),
  ),
  rekeyed(
    'select k, a.n, b.m, d.x from (select cust as k, count(*) as n from orders group by 1) a full join (select boss as k, count(*) as m from custs group by 1) b using (k) full join (select n as k, max(id) as x from orders group by 1) d using (k)',
    ['k'],
    int('k', 'n', 'm', 'x'),
  ),
  rekeyed(
    'select coalesce(o.cust, c.id) as k, count(b.city) as n from orders o full join custs c on o.cust is not distinct from c.boss and c.id = o.cust left join custs b on b.boss = coalesce(o.cust, c.id) group by 1',
    ['k'],
    int('k', 'n'),
  ),
  refreshed(
    'select coalesce(o.cust, 0, c.id) as k, count(*) as c from orders o full join custs c on c.id = coalesce(o.cust, 0) group by 1',
    ['k'],
    int('k', 'c'),
  ),
  refreshed(
    'select coalesce(o.n, o.cust, c.id) as k, count(*) as c from orders o full join custs c on c.id = coalesce(o.cust, o.n) group by 1',
    ['k'],
    int('k', 'c'),
  ),
  refreshed(
    'select c.id as k, count(*) as c from orders o full join custs c on c.id = o.cust group by 1',
    ['k'],
    int('k', 'c'),
  ),
  rekeyed('select cust * 2 - 1 as k, count(*) as c from orders group by 1', ['k'], int('k', 'c')),
  rekeyed('select coalesce(cust, n, 0) as k, count(*) as c from orders group by 1', ['k'], int('k', 'c')),
  rekeyed(
    'select o.id, count(b.id) as c from orders o left join custs c on c.id = o.cust join custs b on b.city = c.city group by o.id',
    ['id'],
    int('id', 'c'),
  ),
  refreshed(
    'select o.id, count(b.id) as c from orders o left join custs c on c.id = o.cust join custs b on b.city is not distinct from c.city group by o.id',
    ['id'],
    int('id', 'c'),
  ),
  refreshed(
    'select o.id, count(b.id) as c from orders o left join custs c on c.id = o.cust join custs b on b.boss = coalesce(c.boss, 3) group by o.id',
    ['id'],
    int('id', 'c'),
  ),
  refreshed(
    'select o.id, (select count(*) from custs x where x.city is not distinct from c.city) as m from orders o left join custs c on c.id = o.cust',
    ['id'],
    int('id', 'm'),
  ),
  rekeyed(
    'select id from custs where id not in (select cust from orders where cust is not null)',
    ['id'],
    int('id'),
  ),
  rekeyed(
    'select id, cust from orders where cust is not null and cust not in (select id from custs where city is not null)',
    ['id'],
    int('id', 'cust'),
  ),
  rekeyed(
    'select id, n from orders where cust > 2 and cust not in (select boss from custs where boss <> 3) and n is not null and n not in (select id from custs)',
    ['id'],
    int('id', 'n'),
  ),
  refreshed(
    'select id from custs where id not in (select n from orders where cust is not null)',
    ['id'],
    int('id'),
  ),
  refreshed('select id from orders where cust not in (select id from custs)', ['id'], int('id')),
  refreshed(
    'select o.id, count(*) as c from orders o join custs c on o.n < c.id group by o.id',
    ['id'],
    int('id', 'c'),
  ),
  refreshed(
    'select cust, tag, count(*) as c from orders group by rollup (cust, tag)',
    ['cust', 'tag'],
    [...int('cust'), ...text('tag'), ...int('c')],
  ),
  rekeyed(
    'select id, (select sum(n)::bigint from orders o where o.cust = c.id) as s from custs c',
    ['id'],
    int('id', 's'),
  ),
  rekeyed(
    'select id, (select max(c.city) from custs c where c.id = o.cust) as city from orders o',
    ['id'],
    [...int('id'), ...text('city')],
  ),
  rekeyed(
    'select id, city from custs c where not exists (select 1 from orders o where o.cust = c.id and o.n > 3)',
    ['id'],
    [...int('id'), ...text('city')],
  ),
  rekeyed(
    'select id, exists (select 1 from custs c where c.boss = o.cust and c.id < o.n)::int as e from orders o',
    ['id'],
    int('id', 'e'),
  ),
  rekeyed(
    'select id, n from orders o where n not in (select c.boss from custs c where c.city = o.tag)',
    ['id'],
    int('id', 'n'),
  ),
  refreshed('select id from custs where id not in (select cust from orders)', ['id'], int('id')),
  merged(
    'select cust, count(*) as c, sum(n)::bigint as s, min(tag) as a, max(n) as b, count(tag) as d from events where n <> 4 group by cust',
    ['cust'],
    [...int('cust', 'c', 's'), ...text('a'), ...int('b', 'd')],
  ),
  merged(
    'select cust % 3 as m, tag, sum(n) filter (where n > 2)::bigint as s from events group by all',
    ['m', 'tag'],
    [...int('m'), ...text('tag'), ...int('s')],
  ),
  rekeyed('select cust, avg(n)::bigint as s from events group by cust', ['cust'], int('cust', 's')),
  rekeyed(
    'select cust, tag, count(*) as c from events group by cust, tag having count(*) > 3',
    ['cust', 'tag'],
    [...int('cust'), ...text('tag'), ...int('c')],
  ),
  {
    ...rekeyed('select cust, max(n) as m from orders /* not custs */ group by 1', ['cust'], int('cust', 'm')),
    moves: 'custs',
  },
  {
    ...merged('select cust, max(n) as m from events /* not custs */ group by 1', ['cust'], int('cust', 'm')),
    moves: 'custs',
  },
];

let engine: Engine;
beforeAll(async () => {
  engine = startTestEngine();
});
afterAll(() => engine.close());

const sqlValue = (value: Row[number]) =>
  value === null ? 'null' : typeof value === 'number' ? String(value) : `'${value}'`;

function relationOf({ dataset }: Table, rows: readonly Row[]): string {
  const columns = dataset.fields.map(
    (f, i) => `cast(c${i} as ${f.type === 'string' ? 'varchar' : 'bigint'}) as "${f.name}"`,
  );
  const names = dataset.fields.map((_, i) => `c${i}`).join(', ');
  const none = `(${dataset.fields.map(() => 'null').join(', ')})`;
  const values = rows.map((row) => `(${row.map(sqlValue).join(', ')})`);
  return `select ${columns.join(', ')} from (values ${[...values, none].join(', ')}) v(${names}) limit ${rows.length}`;
}

function randomRow(random: Random, dataset: Dataset, id: number): Row {
  const maybe = (value: number | string) => (random.next() < 0.1 ? null : value);
  if (dataset === CUSTS)
    return [id, maybe(oneOf(random, ['Rome', 'Oslo', 'Lima'])), maybe(integerBetween(random, 1, 8))];
  return [
    id,
    maybe(integerBetween(random, 1, 8)),
    maybe(integerBetween(random, 0, 9)),
    maybe(oneOf(random, ['a', 'b', 'C'])),
  ];
}

/** Inserts, updates and deletes; the rows that the records of it would name. */
function change(random: Random, table: Table): Row[] {
  const records: Row[] = [];
  const isKeyed = table.dataset.key !== 'none';
  for (let i = integerBetween(random, 0, 4); i > 0; i--) {
    const id = integerBetween(random, 1, 14);
    const row = randomRow(random, table.dataset, id);
    const others = isKeyed ? table.rows.filter((r) => r[0] !== id) : table.rows;
    table.rows = isKeyed && random.next() < 0.3 ? others : [...others, row];
    records.push(row);
  }
  return records;
}

const asRelation = (sql: string): Relation => ({
  position: 0,
  sql,
  where: (condition) => `select * from (${sql}) where ${condition}`,
  superset: '',
  files: [],
  bytes: 0,
  release: () => undefined,
});

describe('a part of the answer', () => {
  it.each(CASES.map((c) => [c.way, c.sql, c] as const))('%s: %s', async (_way, _sql, given) => {
    const dataset: Dataset = { name: 'out', key: [...given.key], fields: [...given.fields], extra: 'refuse' };
    const tables: Table[] = [ORDERS, CUSTS, EVENTS]
      .filter((d) => given.sql.includes(d.name))
      .map((d) => ({ dataset: d, rows: [] }));
    const plan: DerivePlan = {
      language: 'sql',
      sql: given.sql,
      dataset,
      tables: tables.map((t) => ({
        name: t.dataset.name,
        stream: t.dataset.name,
        dataset: t.dataset,
        forgets: false,
      })),
    };
    const { way, reasons } = await chooseWay(engine, plan);
    expect({ way: way.kind, reasons }).toMatchObject({ way: given.way });
    if (way.kind === 'refresh') {
      expect(reasons.map((r) => r.not)).toEqual(['merge', 'rekey']);
      for (const { instead } of reasons) expect(instead).toMatch(/\.$/);
      return;
    }
    const random = seededRandom(SEED);
    // A row without a key is refused, so no state has one.
    const hasKey = (row: readonly unknown[]) =>
      dataset.fields.every(({ name }, i) => !given.key.includes(name) || row[i] !== null);
    const columns = dataset.fields.map((f) => `"${f.name}"`).join(', ');
    const answer = async () => {
      const setup = tables.map((t) => `create temp view "${t.dataset.name}" as ${relationOf(t, t.rows)}`);
      const { rows } = await engine.run([...setup, `select ${columns} from (${given.sql}) order by all`]);
      return rows
        .filter(hasKey)
        .map((row) => row.map((value) => (typeof value === 'bigint' ? Number(value) : value)) as Row);
    };
    for (let round = 0; round < ROUNDS; round++) {
      for (const table of tables) for (let i = 0; i < 3; i++) change(random, table);
      const before = new Map(tables.map((t) => [t.dataset.name, t.rows]));
      const state = await answer();
      const moving = tables.filter((t) => given.moves === undefined || given.moves === t.dataset.name);
      const records = new Map(moving.map((t) => [t.dataset.name, change(random, t)]));
      const store = {
        snapshot: async (stream: string, _: string, position: number) => {
          const table = tables.find((t) => t.dataset.name === stream) as Table;
          const rows = position === 1 ? (before.get(stream) ?? []) : table.rows;
          return asRelation(relationOf(table, rows));
        },
        records: async (stream: string) => {
          const table = tables.find((t) => t.dataset.name === stream) as Table;
          return asRelation(relationOf(table, records.get(stream) ?? []));
        },
      };
      const moved = tables.map((t) => [
        t.dataset.name,
        (records.get(t.dataset.name)?.length ?? 0) > 0 ? 2 : 1,
      ]);
      if (moved.every(([, position]) => position === 1)) continue;
      const services = { store } as unknown as Services;
      const derivation = { services, plan } as unknown as Derivation;
      const step = {
        from: Object.fromEntries(tables.map((t) => [t.dataset.name, 1])),
        to: Object.fromEntries(moved),
      };
      const part = await openPart(derivation, way, step);
      const out: Table = { dataset, rows: [] };
      const compared = part.against(asRelation(relationOf(out, state)));
      const gone = (await engine.run([...compared.setup, `select ${columns} from (${compared.state})`])).rows;
      const come = (await engine.run([...compared.setup, `select ${columns} from (${compared.rows})`])).rows;
      const asText = (rows: readonly (readonly unknown[])[]) =>
        rows.map((row) => JSON.stringify(row.map((v) => (v === null ? null : String(v)))));
      const left = asText(state);
      for (const row of asText(gone)) left.splice(left.indexOf(row), 1);
      expect([...left, ...asText(come.filter(hasKey))].sort(), `seed ${SEED}, round ${round}`).toEqual(
        asText(await answer()).sort(),
      );
    }
  });
});
