/** Products whose query reads external sources, several or beside another product: kept up to date with each, over restarts. */
import { appendFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { eventually, itemsSpec, meshFolder } from '../support/mesh-folder.ts';
import { push } from '../support/push.ts';
import { verify } from '../support/run-wharf.ts';
import { WharfProcess } from '../support/wharf-process.ts';

const COUNTRIES = itemsSpec(`inputs: { source: { from: push } }
key: [code]
fields: { code: { type: string, required: true }, name: string }
`).replace('test.items', 'test.countries');

const ITEMS = itemsSpec(`inputs:
  orders: { from: file, path: orders.ndjson, every: 100ms, fields: { id: integer, customer: string, amount: decimal(9,2) } }
  customers: { from: file, path: customers.csv, mode: snapshot, every: 100ms, fields: { name: string, country: string } }
  countries: test.countries@1
transform:
  sql: >
    select o.customer, coalesce(any_value(k.name order by k.name), '-') as country, sum(o.amount) as amount, count(*) as orders
    from orders o left join customers c on c.name = o.customer left join countries k on k.code = c.country group by o.customer
key: [customer]
fields:
  customer: { type: string, required: true }
  country: string
  amount: decimal(38,2)
  orders: integer
`);

interface Row {
  readonly customer: string;
  readonly country: string;
  readonly amount: string;
  readonly orders: number;
}

describe('a query over external sources and a product', () => {
  let wharf: WharfProcess | undefined;

  afterEach(async () => {
    await wharf?.stop();
    wharf = undefined;
  });

  const rows = async () => {
    const { rows: found } = await (wharf as WharfProcess).get<{ rows: Row[] }>(
      '/p/test.items/v1/rows?order=customer',
    );
    return found
      .map(({ customer, country, amount, orders }) => `${customer} ${country} ${Number(amount)} ${orders}`)
      .join(', ');
  };
  const until = (expected: string) => eventually(rows, (found) => found === expected);

  it('follows each of them, also after a restart, and is what its own verify says', async () => {
    const mesh = await meshFolder({
      'countries.product.yaml': COUNTRIES,
      'items.product.yaml': ITEMS,
      'orders.ndjson':
        '{"id":1,"customer":"Ana","amount":1.5}\n{"id":2,"customer":"Ben","amount":2,"note":"not declared"}\n',
      'customers.csv': 'name,country\nAna,FR\nBen,DE\n',
    });
    const start = async () => {
      wharf = await WharfProcess.start({ mesh, data: path.join(mesh, '.wharf') });
      await wharf.untilReady();
      return wharf;
    };
    const { url } = await start();
    await push(url, [{ code: 'FR', name: 'France' }], 'test.countries');
    expect(await until('Ana France 1.5 1, Ben - 2 1')).toBe('Ana France 1.5 1, Ben - 2 1');

    await appendFile(path.join(mesh, 'orders.ndjson'), '{"id":3,"customer":"Ana","amount":3.25}\n');
    expect(await until('Ana France 4.75 2, Ben - 2 1')).toBe('Ana France 4.75 2, Ben - 2 1');

    await wharf?.stop();
    // A source that is read as a whole: a row changes, and one goes.
    await writeFile(path.join(mesh, 'customers.new'), 'name,country\nBen,FR\n');
    await rename(path.join(mesh, 'customers.new'), path.join(mesh, 'customers.csv'));
    await start();
    expect(await until('Ana - 4.75 2, Ben France 2 1')).toBe('Ana - 4.75 2, Ben France 2 1');
    const { answer } = verify(mesh, path.join(mesh, '.wharf'), 'test.items');
    const of = answer.datasets.find(({ against }) => against === 'inputs');
    expect(of).toMatchObject({ rows: 2, missing: 0, unexpected: 0 });
    expect(Object.keys(of?.inputs ?? {}).sort()).toEqual([
      'test.countries@1',
      'test.items@1/customers/rows',
      'test.items@1/orders/rows',
    ]);
  });
});
