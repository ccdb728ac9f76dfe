import { int, merged, type PartCase, refreshed, rekeyed, text } from './test-part-case.ts';

/** Keys that come from several sides or are computed, sub-queries, and single inputs that move. */
export const KEY_CASES: readonly PartCase[] = [
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
