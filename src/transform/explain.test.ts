import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Engine } from '../engine/engine.ts';
import { startTestEngine } from '../engine/test-engine.ts';
import type { Dataset, Field } from '../schema/field.ts';
import { chooseWay } from './choose-way.ts';

const table = (name: string, names: readonly string[]): Dataset => {
  const fields = names.map((one): Field => ({ name: one, type: 'integer' }));
  return { name, key: ['id'], fields, extra: 'refuse' };
};
const [ORDERS, CUSTOMERS] = [table('orders', ['id', 'customer']), table('customers', ['id', 'boss'])];

let engine: Engine;
beforeAll(() => {
  engine = startTestEngine();
});
afterAll(() => engine.close());

async function instead(sql: string): Promise<string | undefined> {
  const tables = [ORDERS, CUSTOMERS].map((dataset) => ({
    ...{ name: dataset.name, stream: dataset.name, dataset },
    forgets: false,
  }));
  const plan = { language: 'sql', sql, dataset: table('out', ['id', 'n']), tables } as const;
  const { reasons } = await chooseWay(engine, plan);
  return reasons.find(({ not }) => not === 'rekey')?.instead;
}

it.each([
  [
    'select id, boss as n from customers where id not in (select customer from orders)',
    'Write: not exists (select 1 from ... where orders.customer = customers.id). Or leave nulls out: customers.id not in (select ... where orders.customer is not null).',
  ],
  [
    'select id, customer as n from orders where customer not in (select id from customers)',
    'Write: not exists (select 1 from ... where customers.id = orders.customer). Or leave nulls out: orders.customer is not null and orders.customer not in (select ...).',
  ],
  [
    'select c.id, count(*) as n from orders o full join customers c on c.id = o.customer group by c.id',
    'Write coalesce(orders.customer, customers.id) in its place.',
  ],
  [
    'select c.id, count(*) as n from orders o left join customers c on c.id = o.customer group by c.id',
    'Make columns of the other side the key, such as orders.customer; or write an inner join.',
  ],
  [
    'select id, rank() over (order by customer, id) as n from orders',
    'Begin each window with "partition by" this column; what ranks all rows is best a product of its own.',
  ],
])('what is written instead of %s', async (sql, text) => {
  expect(await instead(sql)).toBe(text);
});
