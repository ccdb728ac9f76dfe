/** What tools ask before they show anything: tables, columns, keys and comments, each in the shape of a tool's own question. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Shop, serveShop } from '../support/shop-mesh.ts';

const run = promisify(execFile);
const PSQL = '/usr/bin/psql';
let shop: Shop;
let client: pg.Client;

beforeAll(async () => {
  shop = await serveShop();
  client = new pg.Client((shop.serving.sqlUrl ?? '').replace('postgres://', 'postgres://me@'));
  await client.connect();
});

afterAll(async () => {
  await client?.end();
  await shop?.close();
});

async function rows(sql: string, values: unknown[] = []): Promise<unknown[][]> {
  return (await client.query({ text: sql, values, rowMode: 'array' })).rows;
}

const OF_SHOP = "n.nspname = 'shop' and c.relkind = 'r'";

describe('the catalog', () => {
  it('shows products as tables of their domains, with what they are for (as Metabase and DBeaver ask)', async () => {
    const asked = await rows(
      `select n.nspname, c.relname, d.description, pg_catalog.pg_get_expr(c.relpartbound, c.oid), has_table_privilege(c.oid, 'SELECT')
       from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
       left join pg_catalog.pg_description d on d.objoid = c.oid and d.objsubid = 0 and d.classoid = 'pg_class'::regclass
       where ${OF_SHOP} and n.nspname !~ '^pg_' order by 1, 2`,
    );
    expect(asked).toEqual([
      ['shop', 'customers', 'Who buys.', null, true],
      ['shop', 'numbers', 'To be computed with.', null, true],
      ['shop', 'orders', 'What was ordered.', null, true],
    ]);
  });

  it('tells the types of a question whose types follow from its parameters (as SQLAlchemy asks)', async () => {
    const asked = await rows(
      `select a.attname, case when a.attidentity != $1::varchar then (select json_build_object($2::varchar, a.attnum)) end as options
       from pg_catalog.pg_attribute a join pg_catalog.pg_class c on c.oid = a.attrelid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
       where ${OF_SHOP} and c.relname in ($3::varchar) and a.attnum > $4::smallint order by a.attnum limit 1`,
      ['', 'always', 'orders', 0],
    );
    expect(asked).toEqual([['id', null]]);
    expect(await rows('select json_build_object($1::varchar, $2::integer) as made', ['n', 3])).toEqual([
      [{ n: 3 }],
    ]);
  });

  it('shows columns with types, comments, and whether they may be missing (as pgjdbc and SQLAlchemy ask)', async () => {
    const asked = await rows(
      `select * from (select a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod) as type, a.attnotnull or (t.typtype = 'd' and t.typnotnull) as required,
         row_number() over (partition by a.attrelid order by a.attnum) as number, pg_catalog.col_description(a.attrelid, a.attnum)
       from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace join pg_catalog.pg_attribute a on a.attrelid = c.oid
       join pg_catalog.pg_type t on a.atttypid = t.oid left join pg_catalog.pg_attrdef def on a.attrelid = def.adrelid and a.attnum = def.adnum
       where ${OF_SHOP} and c.relname like 'orders' and a.attnum > 0 and not a.attisdropped) c order by number`,
    );
    expect(asked.map(([name, type, required, , doc]) => [name, type, required, doc])).toEqual([
      ['id', 'bigint', true, 'Number of the order'],
      ['customer', 'bigint', true, null],
      ['amount', 'numeric(12,2)', false, 'In euro'],
      ['weight', 'double precision', false, null],
      ['express', 'boolean', false, null],
      ['ordered_on', 'date', false, null],
      ['at_time', 'time without time zone', false, null],
      ['changed_at', 'timestamp with time zone', false, null],
      ['seen_at', 'timestamp without time zone', false, null],
      ['tags', 'text[]', false, null],
      ['counts', 'bigint[]', false, null],
      ['more', 'json', false, null],
      ['picture', 'bytea', false, null],
      ['reference', 'text', false, null],
    ]);
  });

  it('shows keys as primary keys (as pgjdbc asks, old and new)', async () => {
    const expanded = await rows(
      `select result.table_name, result.column_name, result.key_seq, result.pk_name from (
         select c.relname as table_name, a.attname as column_name, (information_schema._pg_expandarray(i.indkey)).n as key_seq,
           ci.relname as pk_name, information_schema._pg_expandarray(i.indkey) as keys, a.attnum as number
         from pg_catalog.pg_class c join pg_catalog.pg_attribute a on c.oid = a.attrelid join pg_catalog.pg_namespace n on c.relnamespace = n.oid
         join pg_catalog.pg_index i on a.attrelid = i.indrelid join pg_catalog.pg_class ci on ci.oid = i.indexrelid
         where true and ${OF_SHOP} and i.indisprimary) result
       where result.number = (result.keys).x order by 1, 4, 3`,
    );
    expect(expanded).toEqual([
      ['customers', 'id', '1', 'customers_pkey'],
      ['numbers', 'k', '1', 'numbers_pkey'],
      ['orders', 'id', '1', 'orders_pkey'],
    ]);
    const zeroBased = await rows(
      `select a.attname, pg_get_indexdef(i.indexrelid, 1, true), pg_get_indexdef(i.indexrelid) from pg_index i
       join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0] where i.indrelid = 'shop.orders'::regclass`,
    );
    expect(zeroBased).toEqual([
      ['id', 'id', 'CREATE UNIQUE INDEX orders_pkey ON shop.orders USING btree (id)'],
    ]);
  });

  it('shows references as foreign keys (as pgjdbc, SQLAlchemy and Power BI ask)', async () => {
    const positions = await rows(
      `select pkc.relname, pka.attname, fkc.relname, fka.attname, pos.n, pkic.relname
       from pg_catalog.pg_class pkc, pg_catalog.pg_attribute pka, pg_catalog.pg_class fkc, pg_catalog.pg_attribute fka,
         pg_catalog.pg_constraint con, pg_catalog.generate_series(1, 32) pos(n), pg_catalog.pg_depend dep, pg_catalog.pg_class pkic
       where pkc.oid = pka.attrelid and pka.attnum = con.confkey[pos.n] and con.confrelid = pkc.oid and fkc.oid = fka.attrelid
         and fka.attnum = con.conkey[pos.n] and con.conrelid = fkc.oid and con.contype = 'f' and con.oid = dep.objid
         and pkic.oid = dep.refobjid and pkic.relkind = 'i' and dep.classid = 'pg_constraint'::regclass::oid and dep.refclassid = 'pg_class'::regclass::oid`,
    );
    expect(positions).toEqual([['customers', 'id', 'orders', 'customer', '1', 'customers_pkey']]);
    expect(
      await rows(
        `select conname, pg_catalog.pg_get_constraintdef(oid, true), confrelid::regclass from pg_constraint where contype = 'f'`,
      ),
    ).toEqual([
      [
        'orders_customer_fkey',
        'FOREIGN KEY (customer) REFERENCES shop.customers(id) NOT VALID',
        'shop.customers',
      ],
    ]);
    expect(
      await rows(
        `select rc.constraint_name, kcu.table_name, kcu.column_name, ccu.table_name, ccu.column_name from information_schema.referential_constraints rc
         join information_schema.key_column_usage kcu using (constraint_name) join information_schema.constraint_column_usage ccu using (constraint_name)`,
      ),
    ).toEqual([['orders_customer_fkey', 'orders', 'customer', 'customers', 'id']]);
  });

  it('tells its types, arrays apart by how they are received (as Npgsql asks)', async () => {
    const asked = await rows(
      `select ns.nspname, a.typname, a.oid, case when pg_proc.proname = 'array_recv' then 'a' else a.typtype end as type,
         case when pg_proc.proname = 'array_recv' then a.typelem else 0 end as elem
       from pg_type as a join pg_namespace as ns on ns.oid = a.typnamespace join pg_proc on pg_proc.oid = a.typreceive
       left outer join pg_class as cls on cls.oid = a.typrelid left outer join pg_type as b on b.oid = a.typelem
       left outer join pg_range on pg_range.rngtypid = a.oid where a.typname in ('int8', '_int8', 'jsonb', 'varchar') order by a.oid`,
    );
    expect(asked).toEqual([
      ['pg_catalog', 'int8', '20', 'b', '0'],
      ['pg_catalog', '_int8', '1016', 'a', '20'],
      ['pg_catalog', 'varchar', '1043', 'b', '0'],
      ['pg_catalog', 'jsonb', '3802', 'b', '0'],
    ]);
    expect(
      await rows(
        "select typname, oid, typarray, oid::regtype::text, typdelim from pg_type where oid = to_regtype('int8')",
      ),
    ).toEqual([['int8', '20', '1016', 'bigint', ',']]);
  });

  it('answers information_schema with names by parameter, also as a list (as Npgsql, psycopg and BI tools ask)', async () => {
    const asked = await rows(
      `select column_name, ordinal_position, is_nullable, data_type, udt_name, numeric_precision, numeric_scale from information_schema.columns
       where table_name = $1 and table_schema = any($2) and column_name = any($3) order by ordinal_position`,
      ['orders', ['shop'], ['id', 'amount', 'tags']],
    );
    expect(asked).toEqual([
      ['id', 1, 'NO', 'bigint', 'int8', 64, 0],
      ['amount', 3, 'YES', 'numeric', 'numeric', 12, 2],
      ['tags', 10, 'YES', 'ARRAY', '_text', null, null],
    ]);
    const comments = await rows(
      `select col_description(cast(cast(format('%I.%I', cast(c.table_schema as text), cast(c.table_name as text)) as regclass) as oid), c.ordinal_position)
       from information_schema.columns c where c.table_name = 'orders' and c.column_name = 'amount'`,
    );
    expect(comments).toEqual([['In euro']]);
  });

  it('may be named in front of columns, as SQLAlchemy does', async () => {
    expect(
      await rows(
        `select pg_catalog.pg_namespace.nspname from pg_catalog.pg_namespace where pg_catalog.pg_namespace.nspname not like 'pg_%'
         and pg_catalog.pg_namespace.nspname = any (array['shop'::varchar, 'test'::varchar])`,
      ),
    ).toEqual([['shop']]);
  });
});

const COMMANDS = [
  ...[
    '\\d',
    '\\d shop.orders',
    '\\d+ shop.orders',
    '\\d orders',
    '\\d+ shop.customers',
    '\\dt *.*',
    '\\dt+ shop.*',
    '\\dn+',
    '\\l',
    '\\du',
  ],
  ...[
    '\\di+ *.*',
    '\\dp',
    '\\dT+',
    '\\dx',
    '\\db+',
    '\\dv',
    '\\dm',
    '\\ds',
    '\\df+',
    '\\dO',
    '\\dL',
    '\\dX',
    '\\dC',
    '\\dA+',
    '\\dRp',
    '\\z',
  ],
];

describe.skipIf(!existsSync(PSQL))(
  'psql (skipped where /usr/bin/psql is missing)',
  { timeout: 120_000 },
  () => {
    it('is answered whatever it asks', async () => {
      const { stdout, stderr } = await run(PSQL, [
        shop.serving.sqlUrl ?? '',
        '-X',
        ...COMMANDS.flatMap((command) => ['-c', command]),
      ]);
      expect(stderr.split('\n').filter((line) => line.includes('ERROR'))).toEqual([]);
      expect(stdout).toContain('"orders_pkey" PRIMARY KEY, btree (id)');
      expect(stdout).toContain(
        '"orders_customer_fkey" FOREIGN KEY (customer) REFERENCES shop.customers(id) NOT VALID',
      );
      expect(stdout).toMatch(/amount +\| numeric\(12,2\) .*In euro/);
    });
  },
);
