/** SELECTs in the shapes of SQLite's logic tests select1 to select3: expressions over small numbers with nulls among them. */
import { integerBetween, oneOf, type Random } from '../../src/base/random.ts';

const COLUMNS = ['a', 'b', 'c', 'd', 'e'];
const column = (random: Random): string => oneOf(random, COLUMNS);

function expression(random: Random): string {
  const [x, y, z] = [column(random), column(random), column(random)];
  return oneOf(random, [
    x,
    `${x} - ${y}`,
    `${x} + ${y} * 2 + ${z} * 3`,
    `(${x} + ${y} + ${z}) / 3`,
    `abs(${x} - ${y})`,
    `abs(${x})`,
    `coalesce(${x}, ${y}, ${z})`,
    `nullif(${x}, ${y})`,
    `case when ${x} > (select avg(${x}) from shop.numbers) then ${y} * 2 else ${z} * 10 end`,
    `case ${x} + 1 when ${y} then 111 when ${z} then 222 when 130 then 333 else 555 end`,
    `case when ${x} < ${y} - 3 then 111 when ${x} <= ${y} then 222 when ${x} < ${y} + 3 then 333 else 444 end`,
    `(select count(*) from shop.numbers as x where x.${y} < t1.${y})`,
    `(select max(x.${x}) from shop.numbers as x where x.${y} > t1.${y})`,
    `${x} % ${integerBetween(random, 2, 9)}`,
    `${x} / ${integerBetween(random, 2, 9)}`,
    `greatest(${x}, ${y})`,
    `-${x}`,
  ]);
}

function condition(random: Random): string {
  const [x, y, z] = [column(random), column(random), column(random)];
  return oneOf(random, [
    `${x} > ${y}`,
    `${x} is null`,
    `${x} is not null`,
    `${x} between ${y} - 2 and ${z} + 2`,
    `${x} not between ${integerBetween(random, 100, 150)} and ${integerBetween(random, 150, 196)}`,
    `(${x} > ${y} - 2 and ${x} < ${y} + 2)`,
    `(${x} > ${y} or ${y} > ${z})`,
    `exists (select 1 from shop.numbers as x where x.${x} < t1.${x})`,
    `not exists (select 1 from shop.numbers as x where x.${x} = t1.${y})`,
    `${x} in (select ${y} from shop.numbers where ${y} is not null)`,
    `coalesce(${x}, ${y}, ${z}) <> 0`,
    `(${x} = ${y} or not (${y} < ${z}))`,
  ]);
}

export function logicSelect(random: Random): string {
  const list = Array.from({ length: integerBetween(random, 1, 6) }, () => expression(random));
  const conditions = Array.from({ length: integerBetween(random, 0, 3) }, () => condition(random));
  const where =
    conditions.length === 0 ? '' : ` where ${conditions.join(oneOf(random, ['\n and ', '\n or ']))}`;
  // Nulls and directions: the dialect's own order of them is part of the answer.
  const order = list.map((_, i) => `${i + 1}${oneOf(random, ['', ' desc', ' asc nulls first'])}`).join(', ');
  return `select ${list.join(',\n ')} from shop.numbers as t1${where} order by ${order}`;
}
