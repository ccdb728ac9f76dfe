import { int, type PartCase, refreshed, rekeyed, text } from './test-part-case.ts';

/** Rows, groups, windows, unions and joins. */
export const ROW_CASES: readonly PartCase[] = [
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
];
