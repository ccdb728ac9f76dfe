/** Statements as people write them for Postgres, and what Postgres 15 answers to each. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Shop, serveShop } from '../support/shop-mesh.ts';
import { cells, sqlState, WireClient } from '../support/wire-client.ts';

let shop: Shop;
let client: WireClient;

beforeAll(async () => {
  shop = await serveShop();
  client = await WireClient.started(shop.serving.sqlUrl ?? '');
});

afterAll(async () => {
  client?.close();
  await shop?.close();
});

/** The names of the columns, and the rows, all as text. */
async function ask(sql: string): Promise<{ names: string[]; rows: (string | null)[][] }> {
  const answer = await client.ask(sql);
  const error = answer.find(({ type }) => type === 'E');
  if (error) throw new Error(`${error.body.toString()} ${sql}`);
  const names: string[] = [];
  const body = answer.find(({ type }) => type === 'T')?.body ?? Buffer.alloc(2);
  for (let at = 2; at < body.length; ) {
    const end = body.indexOf(0, at);
    names.push(body.toString('utf8', at, end));
    at = end + 19;
  }
  const rows = answer
    .filter(({ type }) => type === 'D')
    .map((row) => cells(row).map((cell) => cell?.toString('utf8') ?? null));
  return { names, rows };
}

describe('a statement of Postgres', () => {
  it.each([
    ['7 / 2', '3'],
    ['7 / 2.0', '3.5'],
    ['7.5::float8 / 2', '3.75'],
    ["'abc' ~ 'b'", 't'],
    ["'abc' ~* 'B'", 't'],
    ["'abc' !~ 'B'", 't'],
    ["'abc' !~* 'B'", 'f'],
    ["'abc' similar to 'b'", 'f'],
    ["to_char(timestamp '2001-02-03 04:05:06.789', 'YYYY-MM-DD HH24:MI:SS.MS')", '2001-02-03 04:05:06.789'],
    ["to_char(date '2001-02-03', 'FMMonth DD, YYYY')", 'February 03, 2001'],
    ["to_char(date '2001-02-03', 'Dy, DD Mon YY')", 'Sat, 03 Feb 01'],
    ["to_char(timestamp '2001-02-03 16:05:06', 'HH12:MI AM')", '04:05 PM'],
    ["to_char(date '2001-02-03', '\"Q\"Q YYYY')", 'Q1 2001'],
    ["to_char(date '2001-01-01', 'IYYY-IW')", '2001-01'],
    ["to_char(1234567.891, 'FM9,999,999.00')", '1,234,567.89'],
    ["to_char(1234.5, '9,999.99')", ' 1,234.50'],
    ["to_char(12, '000')", ' 012'],
    ["to_char(0.1, '990.99')", '   0.10'],
    ["to_char(-5, '999')", '  -5'],
    ["to_char(1234, '999')", ' ###'],
    ["to_char(-7.5, 'FM99.9S')", '7.5-'],
    ["to_date('03.02.2001', 'DD.MM.YYYY')", '2001-02-03'],
    ["to_timestamp('2001-02-03 04:05', 'YYYY-MM-DD HH24:MI')", '2001-02-03 04:05:00+00'],
    ["date_trunc('month', timestamp '2001-02-03 04:05:06')::date", '2001-02-01'],
    ["'{1,2}'::bigint[]", '{1,2}'],
    ["2 = any('{1,2}')", 't'],
    ["2 <> all('{1,2}')", 'f'],
    [`'b c' = any('{a,"b c"}')`, 't'],
    ["(3 = any('{1,null}')) is null", 't'],
    ["3 = any('{}')", 'f'],
    [`'{"a":[{"b":7}],"0":"x"}'::json #>> '{a,0,b}'`, '7'],
    [`'{"a":[{"b":7}],"0":"x"}'::json #>> '{a,-1,b}' = '7'`, 't'],
    [`'{"a":[{"b":7}],"0":"x"}'::json #> '{a,0}'`, '{"b":7}'],
    [`'{"a":[{"b":7}],"0":"x"}'::json#>>'{0}'`, 'x'],
    [`'{"a":null}'::json #>> '{a}' is null and '{"a":null}'::json #>> '{b,c}' is null`, 't'],
    [`'{"a":1}'::json #>> '{}'`, '{"a":1}'],
    [`'#>' || E'\\' #>>' || $$#>$$ -- #>`, "#>' #>>#>"],
    ['width_bucket(5.35, 0.024, 10.06, 5)', '3'],
    ['width_bucket(5, 10, 0, 5)', '3'],
    ['width_bucket(-1, 0, 10, 5) + width_bucket(10, 0, 10, 5)', '6'],
    [`'{a,"b \\"c\\"",NULL, null, "NULL",""}'::text[]`, '{a,"b \\"c\\"",NULL,NULL,"NULL",""}'],
    ['1.23456789012345678901::numeric', '1.23456789012345678901'],
    ['12345678901234567890123::numeric', '12345678901234567890123'],
    ["'-12.50'::numeric", '-12.50'],
    ["cast('0.5' as decimal) * 123456789012345.678", '61728394506172.8390'],
    ['1.5::numeric(18,3)', '1.500'],
    ['round(avg(n)::numeric, 2) from (select 1 n union all select 2 union all select 2) t', '1.67'],
    ["'{\"a\":1}'::jsonb ->> 'a'", '1'],
    ["initcap('hello world')", 'Hello World'],
    ["json_build_object('a', 1, 'b', null)", '{"a":1,"b":null}'],
    ["age(timestamp '2001-02-03', timestamp '2000-01-01')", '1 year 1 mon 2 days'],
    ['|/ 25', null],
  ])('means what it means there: %s', async (expression, wanted) => {
    if (wanted === null) expect(sqlState(await client.ask(`select ${expression}`))).toBe('42883');
    else expect((await ask(`select ${expression}`)).rows).toEqual([[wanted]]);
  });

  it('reads members of JSON before it compares them', async () => {
    const doc = `(select '{"a":"x","b":{"c":"7"},"n":null}'::json as doc, 1 as one) t`;
    const answers =
      await ask(`select one = 1 and doc ->> 'a' = 'x' or one = 2, doc -> 'b' ->> 'c' = '7', 'x' = doc ->> 'a', not doc ->> 'a' = 'y',
      doc ->> 'a' in ('x', 'y'), doc ->> 'zz' is null, doc ->> 'a' like 'x%', one = 2 or doc ->> 'a' = 'x' and one = 1,
      (doc ->> 'a') || '!', doc ->> 'a' between 'w' and 'y', one = 2 and doc ->> 'a' = 'x' or one = 1 from ${doc}`);
    expect(answers.rows[0]).toEqual(['t', 't', 't', 't', 't', 't', 't', 't', 'x!', 't', 't']);
  });

  it('names the columns of values', async () => {
    expect(await ask('values (1, 2)')).toEqual({ names: ['column1', 'column2'], rows: [['1', '2']] });
    expect((await ask('select column2, x from (values (1, 2)) v, (values (7)) w(x)')).rows).toEqual([
      ['2', '7'],
    ]);
  });

  it('refuses a path that it cannot know, and says how it is written', async () => {
    expect(sqlState(await client.ask("select '{}'::json #> array['a']"))).toBe('0A000');
  });

  it('puts nulls where Postgres puts them', async () => {
    const from = 'from (values (1), (null), (2)) t(x)';
    expect((await ask(`select x ${from} order by x`)).rows).toEqual([['1'], ['2'], [null]]);
    expect((await ask(`select x ${from} order by x desc`)).rows).toEqual([[null], ['2'], ['1']]);
  });

  it('makes rows of a series, under its name', async () => {
    expect((await ask('select s from generate_series(1, 3) s where s > 1')).rows).toEqual([['2'], ['3']]);
    expect((await ask('select generate_series(1, 2), 7')).rows).toEqual([
      ['1', '7'],
      ['2', '7'],
    ]);
    expect(
      (
        await ask(
          "select d::date from generate_series(timestamp '2001-01-30', timestamp '2001-02-01', interval '1 day') d",
        )
      ).rows,
    ).toEqual([['2001-01-30'], ['2001-01-31'], ['2001-02-01']]);
  });

  it('has columns of the names that Postgres gives', async () => {
    const { names } =
      await ask(`select count(*), 1 + 1, 'x', true, now()::date, max(name), case when true then 1 end,
      exists(select 1), array[1], (select max(id) from shop.orders), coalesce(1, 2), extract(year from date '2001-01-01'),
      1::int, current_date, -max(id), max(id)::text, sum(count(*)) over (), current_user, max(name) as "My Name" from shop.customers`);
    expect(names).toEqual([
      ...[
        'count',
        '?column?',
        '?column?',
        'bool',
        'now',
        'max',
        'case',
        'exists',
        'array',
        'max',
        'coalesce',
        'extract',
      ],
      ...['int4', 'current_date', '?column?', 'max', 'sum', 'current_user', 'My Name'],
    ]);
    expect((await ask('select count(*) over (), *, id + 1 from shop.customers limit 1')).names).toEqual([
      ...['count', 'id', 'name', 'city', 'since', '?column?'],
    ]);
  });

  it('knows its user, its database and a time of its own', async () => {
    const { rows } = await ask(
      'select current_user, current_database(), current_schema, now() = current_timestamp, current_date = now()::date',
    );
    expect(rows).toEqual([['me', 'test', 'public', 't', 't']]);
    await client.ask('set search_path = shop, public');
    expect((await ask('select current_schema(), current_schema')).rows).toEqual([['shop', 'shop']]);
    await client.ask('reset search_path');
  });

  it('is told what is not available, with a hint', async () => {
    for (const [sql, state] of [
      ["select to_char(now(), 'TMMonth')", '0A000'],
      ['select to_char(now(), name) from shop.customers', '0A000'],
      ['select setval(1, 2)', '42883'],
    ] as const) {
      const answer = await client.ask(sql);
      expect([sql, sqlState(answer)]).toEqual([sql, state]);
      expect(answer[0]?.body.toString()).toMatch(/\0H\S/);
    }
  });

  it('is told what kind of error it has', async () => {
    for (const [sql, state] of [
      ['select lower(1)', '42883'],
      ['select max(id), name from shop.customers', '42803'],
      ['select id from shop.customers a join shop.orders b on true', '42702'],
      ['select nothing from shop.customers', '42703'],
    ] as const)
      expect([sql, sqlState(await client.ask(sql))]).toEqual([sql, state]);
  });
});
