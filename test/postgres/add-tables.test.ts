import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { meshFolder } from '../support/mesh-folder.ts';
import { PostgresServer, postgresMissing } from '../support/postgres-server.ts';
import { runWharf } from '../support/run-wharf.ts';

describe.skipIf(postgresMissing)('wharf add postgres://', () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await PostgresServer.start();
    await server.query(`create table customers (id int primary key, name text not null);
      create table orders (id bigint primary key, customer_id int references customers, total numeric(12,2), tags text[]);
      create table log (line text)`);
  });

  test('writes specs that pass the check, with keys and references, and no password', async () => {
    const mesh = await meshFolder({ 'mesh.yaml': '# ours\nmesh: shop\n' });
    const added = runWharf('add', server.url(), '--mesh', mesh, '--owner', 'sales');
    expect(added.answer).toMatchObject({
      written: [{ product: 'shop.customers' }, { product: 'shop.orders' }],
      skipped: [{ table: 'public.log', why: 'it has no primary key' }],
    });
    const orders = await readFile(path.join(mesh, 'orders.product.yaml'), 'utf8');
    expect(orders).toContain('key: [id]');
    expect(orders).toContain('customer_id -> shop.customers.id');
    expect(orders).toContain('decimal(12,2)');
    const text = await readFile(path.join(mesh, 'mesh.yaml'), 'utf8');
    expect(text).toMatch(/^# ours\n/);
    expect(text).toContain('POSTGRES_PASSWORD');
    expect(text + orders).not.toContain(server.password);
    const checked = runWharf('check', mesh);
    expect(checked.status, JSON.stringify(checked.answer)).toBe(0);
  });
});
