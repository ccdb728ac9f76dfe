import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../engine/engine.ts';
import { startTestEngine } from '../engine/test-engine.ts';
import { writeEnvelopes } from '../schema/envelope.ts';
import type { Dataset, Field } from '../schema/field.ts';
import { planRecordMap } from './record-map.ts';

const FIELDS: Field[] = [
  { name: 'day', type: 'string' },
  { name: 'Delay $', type: 'integer' },
  { name: 'tags', type: 'array', items: { name: 'items', type: 'string' } },
  { name: 'place', type: 'object', fields: [{ name: 'lat', type: 'number' }] },
];
const integer = (name: string): Field => ({ name, type: 'integer' });
const text = (name: string): Field => ({ name, type: 'string' });

describe('mapping source records by SQL', () => {
  let engine: Engine;
  let folder: string;

  beforeAll(async () => {
    engine = startTestEngine();
    folder = await mkdtemp(path.join(os.tmpdir(), 'wharf-map-'));
  });

  afterAll(async () => {
    await engine.close();
    await rm(folder, { recursive: true });
  });

  const plan = (sql: string, fields: readonly Field[]) => {
    const dataset: Dataset = { name: 'd', key: 'row', fields, extra: 'refuse' };
    return planRecordMap(engine, { sql, input: 'source', fields: FIELDS, dataset });
  };

  async function map(sql: string, fields: readonly Field[], documents: readonly string[], first = 1) {
    const staged = path.join(folder, 'staged.ndjson');
    const out = path.join(folder, 'out.ndjson');
    const body = Buffer.from(documents.map((document) => `${document}\n`).join(''));
    await writeFile(
      staged,
      writeEnvelopes({ first, last: first + documents.length - 1, timeUs: 1, body, deletes: [] }),
    );
    const result = await (await plan(sql, fields)).run(engine, { staged, out });
    const lines = (await readFile(out, 'utf8')).split('\n').filter(Boolean);
    return { lines, ...result };
  }

  const refusal = (sql: string, fields: readonly Field[] = [integer('x')]) =>
    plan(sql, fields).then(
      () => 'accepted',
      (error: { code: string; message: string }) => `${error.code}: ${error.message}`,
    );

  it('renames, computes and filters, and says where each row came from', async () => {
    const { lines, positions, failures } = await map(
      'select "Delay $" * 2 as x, day as name from source s where s."Delay $" > 1; ',
      [integer('x'), text('name')],
      ['{"day":"a","Delay $":1}', '{"day":"b","Delay $":2}', '{"day":"c","Delay $":3}'],
      10,
    );
    expect([lines, positions, failures]).toEqual([
      ['{"x":4,"name":"b"}', '{"x":6,"name":"c"}'],
      [11, 12],
      [],
    ]);
  });

  it.each([
    ['in the select list', 'select unnest(tags) as t from source'],
    ['in FROM', 'select t from source, unnest(tags) as u(t)'],
    [
      'with records that have none',
      `select coalesce(t, '-') as t from source left join unnest(tags) as u(t) on true`,
    ],
    ['in a sub-query', 'with s as (select * from source) select t from s, (select unnest(s.tags) as t)'],
  ])('unfolds a list %s', async (where, sql) => {
    const { lines, positions } = await map(
      sql,
      [text('t')],
      ['{"tags":["b","a"]}', '{"tags":[]}', '{"tags":["c"]}'],
    );
    const none = where === 'with records that have none' ? [['{"t":"-"}', 2]] : [];
    const expected = [['{"t":"a"}', 1], ['{"t":"b"}', 1], ...none, ['{"t":"c"}', 3]];
    expect(lines.map((line, i) => [line, positions[i]])).toEqual(expected);
  });

  it('lets a record be queried in itself', async () => {
    const { lines } = await map(
      `select (select max(length(t)) from unnest(tags) u(t)) as x from source union all select "Delay $" from source`,
      [integer('x')],
      ['{"tags":["a","abc"],"Delay $":7}'],
    );
    expect(lines).toEqual(['{"x":3}', '{"x":7}']);
  });

  it('keeps records that are equal', async () => {
    const { lines, positions } = await map(
      'select day as name from source',
      [text('name')],
      ['{"day":"a"}', '{"day":"a"}'],
    );
    expect([lines, positions]).toEqual([
      ['{"name":"a"}', '{"name":"a"}'],
      [1, 2],
    ]);
  });

  it('keeps numbers that the SQL writes, and does not show the position', async () => {
    const { lines } = await map(
      'select 9007199254740993 as x, to_json(source) as all_of_it from source',
      [integer('x'), { name: 'all_of_it', type: 'json' }],
      ['{"day":"a"}'],
    );
    expect(lines).toEqual([
      '{"x":9007199254740993,"all_of_it":{"day":"a","Delay $":null,"tags":null,"place":null}}',
    ]);
  });

  it('gives one line a row though JSON holds line ends', async () => {
    const { lines, positions } = await map(
      `select ('{' || chr(10) || '"a":1' || chr(13) || '}')::json as j from source`,
      [{ name: 'j', type: 'json' }],
      ['{}', '{}'],
    );
    expect(lines.map((line) => JSON.parse(line))).toEqual([{ j: { a: 1 } }, { j: { a: 1 } }]);
    expect(positions).toEqual([1, 2]);
  });

  it('sets only those records aside that make the SQL fail, in their place', async () => {
    const documents = Array.from(
      { length: 2_000 },
      (_, i) => `{"day":"${i % 400 === 399 ? 'never' : '2001-01-31'}"}`,
    );
    const { lines, positions, failures } = await map(
      'select cast(day as date) as d from source',
      [{ name: 'd', type: 'date' }],
      documents,
    );
    expect(failures.map((failure) => failure.position)).toEqual([400, 800, 1200, 1600, 2000]);
    expect(failures[0]?.message).toMatch(/never/);
    expect(lines).toHaveLength(1_995);
    expect(positions).toEqual(Array.from({ length: 2_000 }, (_, i) => i + 1).filter((i) => i % 400 !== 0));
  });

  it('survives that every record fails', async () => {
    const { lines, failures } = await map(
      'select cast(day as integer) as x from source',
      [integer('x')],
      ['{"day":"a"}', '{"day":"b"}', '{"day":"c"}'],
    );
    expect([lines, failures.map((failure) => failure.position)]).toEqual([[], [1, 2, 3]]);
  });

  it.each([
    [
      'select count(*) as x from source',
      /aggregate records with count_star\(\)|aggregate records with count\(\)/,
    ],
    ['select max("Delay $") as x from source group by day', /group records/],
    ['select "Delay $" as x from source order by 1', /order records/],
    ['select "Delay $" as x from source limit 1', /limit how many/],
    ['select distinct "Delay $" as x from source', /equal/],
    ['select "Delay $" as x from source union select 1', /UNION ALL/],
    ['select row_number() over () as x from source', /window functions/],
    ['select a."Delay $" as x from source a join source b on a.day = b.day', /more than once/],
    ['select (select max("Delay $") from source) as x from source', /again in a sub-query/],
    ['with s as (select max("Delay $") as x from source) select x from s', /aggregate/],
    ['select 1 as x', /leave out its input/],
    ["select x from read_csv('a.csv')", /read_csv/],
    ['select x from other', /which is not its input/],
    ['select x from source; select 1', /more than one statement/],
  ])('refuses %s', async (sql, why) => {
    expect(await refusal(sql)).toMatch(why);
  });

  it.each([
    'random()',
    'now()',
    'current_date',
    'current_timestamp',
    'today()',
    `age(timestamp '2001-01-01')`,
    'uuid()',
    `current_setting('TimeZone')`,
  ])('refuses %s, which changes', async (call) => {
    expect(await refusal(`select ${call}::varchar as x from source`, [text('x')])).toMatch(
      /gives something else another time/,
    );
  });

  it('names the columns and types that do not fit, all at once', async () => {
    const message = await refusal(`select day as nam, "Delay $" / 2 as x, 1 as more from source`, [
      integer('x'),
      text('name'),
    ]);
    for (const part of [
      'gives no column "name"',
      '"nam" that is not among',
      '"more" that is not among',
      '"x" has a type that does not fit',
    ])
      expect(message).toContain(part);
  });

  it('tells the place of an error in the SQL', async () => {
    const error = await plan('select day,\n  dely as x from source', [integer('x')]).catch(
      (thrown: { details: { problems: { offset: number }[] } }) => thrown,
    );
    expect('details' in error && error.details.problems[0]?.offset).toBe(14);
  });
});
