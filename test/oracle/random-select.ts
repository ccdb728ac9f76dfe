/** Random SELECTs over the shop's products: joins, aggregates, windows. Every answer is the same whatever order rows come in. */
import { integerBetween, oneOf, type Random } from '../../src/base/random.ts';

const CONDITIONS = [
  'o.id % 3 = 1',
  'o.amount > 500.5',
  'o.amount is null',
  'o.express',
  'not o.express or o.weight >= 1.5',
  "o.ordered_on between date '2024-02-01' and date '2024-09-30'",
  "o.changed_at < timestamptz '2024-06-01 00:00:00+00'",
  'o.customer in (1, 2, 3, 5, 8, 13, 21)',
  "json_extract_string(o.more, '$.x') = '9007199254740993'",
  'len(o.tags) > 2',
  'exists (select 1 from shop.numbers n where n.k = o.customer and n.a is not null)',
  'o.amount > (select avg(amount) from shop.orders)',
];
const KEYS = [
  'o.customer',
  'o.express',
  "date_trunc('month', o.ordered_on)",
  'o.id % 10',
  'o.tags[2]',
  'extract(year from o.ordered_on)',
];
const JOINED_KEYS = ['c.city', 'c.name', 'c.since'];
const AGGREGATES = [
  'count(*)',
  'count(o.amount)',
  'sum(o.amount)',
  'min(o.ordered_on)',
  'max(o.changed_at)',
  'sum(o.weight)',
  'avg(o.id)',
  'bool_or(o.express)',
  'count(distinct o.weight)',
  'sum(o.id) filter (where o.express)',
  'max(o.amount) - min(o.amount)',
];
const WINDOWS = [
  'row_number() over (partition by o.customer order by o.id)',
  'sum(o.amount) over (partition by o.customer order by o.id rows between 2 preceding and current row)',
  'lag(o.amount, 1) over (order by o.id)',
  'rank() over (order by o.weight desc, o.id)',
  'count(*) over (partition by o.express)',
  'first_value(o.id) over (partition by o.customer order by o.amount desc nulls last, o.id)',
];
const COLUMNS = [
  ...KEYS,
  'o.id',
  'o.amount',
  'o.weight * 2',
  'o.id / 7',
  'upper(o.tags[1])',
  'coalesce(o.amount, 0)',
  "case when o.express then 'fast' else 'slow' end",
];

export function randomSelect(random: Random): string {
  const joins = random.next() < 0.5;
  const kind = oneOf(random, ['inner', 'left']);
  const from = joins ? `shop.orders o ${kind} join shop.customers c on c.id = o.customer` : 'shop.orders o';
  const where =
    random.next() < 0.8
      ? ` where ${some(random, CONDITIONS, 1, 2).join(oneOf(random, [' and ', ' or ']))}`
      : '';
  const keys = some(random, joins ? [...KEYS, ...JOINED_KEYS] : KEYS, 1, 2);
  switch (oneOf(random, ['group', 'window', 'plain', 'nested'])) {
    case 'group': {
      const having = random.next() < 0.3 ? ' having count(*) > 3' : '';
      return `select ${[...keys, ...some(random, AGGREGATES, 1, 3)].join(', ')} from ${from}${where} group by ${keys.join(', ')}${having}`;
    }
    case 'window':
      return `select o.id, ${some(random, WINDOWS, 1, 2).join(', ')} from ${from}${where}`;
    case 'nested':
      return `with x as (select ${keys[0]} as k, sum(o.amount) as s, count(*) as n from ${from}${where} group by 1)
        select k, s, n, rank() over (order by n desc, s, k) from x where n > ${integerBetween(random, 0, 4)}`;
    default:
      return `select distinct ${some(random, COLUMNS, 1, 4).join(', ')} from ${from}${where}`;
  }
}

function some<T>(random: Random, items: readonly T[], min: number, max: number): T[] {
  const wanted = integerBetween(random, min, max);
  const left = [...items];
  return Array.from(
    { length: Math.min(wanted, left.length) },
    () => left.splice(integerBetween(random, 0, left.length - 1), 1)[0] as T,
  );
}
