/** The products that Wharf itself keeps: like any other, on every port at one position. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import type { Serving } from '../../src/runtime/serve.ts';
import { eventually, itemsSpec, meshFolder } from '../support/mesh-folder.ts';
import { canonicalRows, parseExact, rowsByNdjson, rowsByRest, rowsByStream } from '../support/read-ports.ts';
import { serveHere } from '../support/serve-here.ts';

const ITEMS = itemsSpec(`inputs:
  source: { from: push }
key: [id]
fields:
  id: { type: integer, required: true, doc: Its number. }
  price: { type: integer, class: [pii], unit: EUR }
checks:
  - { rows: { max: 5 }, name: few }
`);

const TOTALS = `product: test.totals
version: 2.1.0
owner: test
purpose: To be derived.
inputs: { items: test.items@1 }
transform: { sql: "select id, cast(price * 2 as bigint) as twice from items" }
key: [id]
fields:
  id: { type: integer, required: true }
  twice: integer
access:
  - { allow: [anyone] }
`;

const ALL = ['checks', 'lineage', 'products', 'rejects', 'slo', 'usage'] as const;

interface Products {
  readonly products: readonly { id: string }[];
  readonly builtIn: readonly { id: string; _links: Record<string, { href: string }> }[];
}

describe('the products of the domain "system"', () => {
  let mesh = '';
  let serving: Serving;

  beforeAll(async () => {
    mesh = await meshFolder({ 'items.product.yaml': ITEMS, 'totals.product.yaml': TOTALS });
    serving = await serveHere(mesh, systemClock);
    await push('{"id":1,"price":5}\n{"id":2}\n{"id":"three"}\n');
    await rowsUntil('lineage', 'd/fields/', (rows) => rows.length === 2);
    await rowsUntil('checks', '', (rows) => rows.length >= 2);
  });
  afterAll(() => serving?.close());

  const push = (body: string) =>
    fetch(`${serving.url}/p/test.items/v1/inputs/source`, { method: 'POST', body });
  const read = async (name: string, below = '') => {
    const response = await fetch(`${serving.url}/p/system.${name}/v1/${below}rows?limit=1000`);
    expect([name, response.status]).toEqual([name, 200]);
    return (await response.json()) as { position: number; rows: Record<string, unknown>[] };
  };
  const rowsUntil = async (
    name: string,
    below: string,
    isRight: (rows: Record<string, unknown>[]) => boolean,
  ) =>
    (
      await eventually(
        () => read(name, below),
        ({ rows }) => isRight(rows),
      )
    ).rows;

  it('are listed with their links, apart from the products of the mesh', async () => {
    const answer = (await (await fetch(`${serving.url}/api/products`)).json()) as Products;
    expect(answer.products.map(({ id }) => id)).toEqual(['test.items@1', 'test.totals@2']);
    expect(answer.builtIn.map(({ id }) => id)).toEqual(ALL.map((name) => `system.${name}@1`));
    for (const { _links } of answer.builtIn)
      for (const name of ['self', 'rows', 'files', 'openapi', 'schema'])
        expect([name, (await fetch(`${serving.url}${_links[name]?.href}`)).status]).toEqual([name, 200]);
  });

  it.each(ALL)('system.%s gives the same rows through each port', async (name) => {
    const { position, rows } = await rowsByRest(serving.url, `system.${name}/v1`);
    const wanted = canonicalRows(rows);
    expect(canonicalRows(await rowsByNdjson(serving.url, `system.${name}/v1`, name, position))).toEqual(
      wanted,
    );
    const response = await fetch(`${serving.url}/api/sql`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ sql: `select * from system.${name}`, at: String(position) }),
    });
    const text = await response.text();
    expect([text, response.status]).toEqual([expect.anything(), 200]);
    const bySql = parseExact(text) as { rows: unknown[] };
    expect(canonicalRows(bySql.rows)).toEqual(wanted);
    if (name === 'rejects' || name === 'checks')
      expect(canonicalRows(await rowsByStream(serving.url, `system.${name}/v1`, position))).toEqual(wanted);
  });

  it('say what is declared', async () => {
    const { rows } = await read('products');
    expect(rows).toEqual([
      expect.objectContaining({ product: 'test.items@1', tier: 'silver', checks: 1, gate: false, major: 1 }),
      expect.objectContaining({
        product: 'test.totals@2',
        owner: 'test',
        version: '2.1.0',
        file: 'totals.product.yaml',
      }),
    ]);
    const fields = (await read('products', 'd/fields/')).rows;
    expect(fields).toContainEqual({
      ...{ product: 'test.items@1', dataset: 'items', field: 'price', number: 2, type: 'integer' },
      ...{ required: false, is_key: false, doc: null, unit: 'EUR', classes: ['pii'], meaning: null },
    });
  });

  it('say where products and their fields come from', async () => {
    expect((await read('lineage')).rows).toEqual([
      { product: 'test.items@1', input: 'source', kind: 'external', source: 'push', transform: null },
      { product: 'test.totals@2', input: 'items', kind: 'product', source: 'test.items@1', transform: 'sql' },
    ]);
    expect((await read('lineage', 'd/fields/')).rows).toEqual([
      { product: 'test.totals@2', field: 'id', source: 'test.items@1', source_field: 'id' },
      { product: 'test.totals@2', field: 'twice', source: 'test.items@1', source_field: 'price' },
    ]);
  });

  it('say who reads what, through which port, also after a restart', async () => {
    const sql = (statement: string) =>
      fetch(`${serving.url}/api/sql`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ sql: statement }),
      });
    const of = (port: string) =>
      fetch(`${serving.url}/p/test.items/v1/${port}`).then((response) => response.text());
    const usage = async () => {
      const { rows } = await read('usage');
      return rows
        .filter(({ product }) => product === 'test.items@1')
        .map(({ port, consumer, reads, rows: given }) => [port, consumer, reads, given]);
    };
    expect(await usage()).toEqual([]);
    await of('rows?limit=1');
    await of('rows/2');
    await of('files/items.csv');
    await (await sql('select * from test.items')).text();
    await serving.close();
    serving = await serveHere(mesh, systemClock);
    expect(await usage()).toEqual([
      ['files', 'anyone', 1, 0],
      ['rest', 'anyone', 2, 2],
      ['sql', 'anyone', 1, 2],
    ]);
  });

  it('keep what was declared before, and follow the spec', async () => {
    const before = await read('products');
    await serving.close();
    await writeFile(
      path.join(mesh, 'totals.product.yaml'),
      TOTALS.replace('To be derived.', 'To be changed.'),
    );
    serving = await serveHere(mesh, systemClock);
    const rows = await rowsUntil('products', '', (all) => all[1]?.purpose === 'To be changed.');
    expect(rows.map(({ purpose }) => purpose)).toEqual(['To be tested.', 'To be changed.']);
    const now = await read('products');
    expect(now.position).toBe(before.position + 1);
    const past = await fetch(`${serving.url}/p/system.products/v1/rows?at=${before.position}`);
    expect(((await past.json()) as { rows: unknown[] }).rows).toEqual(before.rows);
  });
});
