import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SEED } from '../../../test/support/seed.ts';
import { integerBetween, oneOf, type Random, seededRandom } from '../../base/random.ts';
import type { Engine } from '../../engine/engine.ts';
import { startTestEngine } from '../../engine/test-engine.ts';
import type { Dataset } from '../../schema/field.ts';
import type { Relation } from '../../store/store.ts';
import { chooseWay } from '../../transform/choose-way.ts';
import type { DerivePlan } from '../../transform/derive-plan.ts';
import type { Services } from '../capture/services.ts';
import type { Derivation } from './derivation.ts';
import { openPart } from './open-change.ts';
import { field } from './test-part-case.ts';
import { KEY_CASES } from './test-part-key-cases.ts';
import { ROW_CASES } from './test-part-row-cases.ts';

const ROUNDS = Number(process.env.WHARF_TEST_ROUNDS ?? 4);

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

const CASES = [...ROW_CASES, ...KEY_CASES];

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
