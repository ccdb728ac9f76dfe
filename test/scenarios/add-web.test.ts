/** `wharf add http://...`: from an answer on the web to a product that holds its records and is kept up to date. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { runCli } from '../../src/cli/run-cli.ts';
import { deliveries } from '../../src/deliver/index.ts';
import { inputs } from '../../src/inputs/index.ts';
import { ports } from '../../src/ports/index.ts';
import { eventually, meshFolder } from '../support/mesh-folder.ts';
import { serveHere } from '../support/serve-here.ts';
import { WebServer } from '../support/web-server.ts';

const ORDERS = [
  { id: 1, total: 1.5, placed: '2026-01-31T10:00:00Z', tags: ['a'] },
  { id: 9_007_199, total: 20, placed: '2026-01-31T11:00:00Z', tags: [] },
  { id: 3, total: null, placed: '2026-02-01T00:00:00Z', tags: ['b', 'c'] },
];

describe('adding an address of the web', () => {
  let server: WebServer;
  let asked: string[];
  beforeAll(async () => {
    asked = [];
    server = await WebServer.start(({ url }) => {
      asked.push(url.pathname + url.search);
      return url.pathname.endsWith('.csv')
        ? { headers: { 'Content-Type': 'text/plain' }, body: 'code;name\na;"x;y"\nb;z\n' }
        : {
            headers: { 'Content-Type': 'application/json' },
            body: JSON.stringify({ meta: { page: 1 }, result: { orders: ORDERS } }),
          };
    });
  });
  afterAll(() => server.stop());

  const meshWith = (connections: string) =>
    meshFolder({ 'mesh.yaml': `mesh: test\nconnections:${connections}\n` });
  const local = () => `\n  shop: { type: http, url: "${server.origin}/v1/", private: true }`;
  const add = async (folder: string, address: string, ...options: string[]) => {
    const out = new PassThrough();
    const argv = ['add', address, '--mesh', folder, '--json', ...options];
    const registries = { inputs, ports, deliveries };
    const code = await runCli({ argv, registries, out, signal: new AbortController().signal });
    return { code, answer: JSON.parse(String(out.read())) };
  };

  it('writes a spec that is right at once, and brings the records', async () => {
    const folder = await meshWith(local());
    const added = await add(folder, `${server.origin}/v1/orders?status=open`);
    expect(added).toMatchObject({ code: 0, answer: { product: 'test.orders', rows: 3, ok: true } });
    expect(await add(folder, `${server.origin}/prices.csv`)).toMatchObject({ code: 0, answer: { rows: 2 } });
    const spec = await readFile(path.join(folder, 'orders.product.yaml'), 'utf8');
    expect(spec).toMatch(
      /from: http, connection: shop, url: "?orders\?status=open"?, format: json, records: \$\.result\.orders/,
    );
    expect(spec).toContain(`Drafted from ${server.origin}/v1/orders:`);
    const { url, close } = await serveHere(folder, systemClock);
    try {
      const rows = (name: string) => async () => {
        const answer = await fetch(`${url}/p/test.${name}/v1/rows`);
        return ((await answer.json()) as { rows: Record<string, unknown>[] }).rows ?? [];
      };
      const found = await eventually(rows('orders'), (all) => all.length === 3);
      const byId = (a: Record<string, unknown>, b: Record<string, unknown>) => Number(a.id) - Number(b.id);
      expect(found.sort(byId)).toMatchObject([...ORDERS].sort(byId).map(({ id, tags }) => ({ id, tags })));
      expect(await eventually(rows('prices'), (all) => all.length === 2)).toEqual(
        expect.arrayContaining([
          expect.objectContaining({ code: 'a', name: 'x;y' }),
          expect.objectContaining({ code: 'b', name: 'z' }),
        ]),
      );
    } finally {
      await close();
    }
    expect(asked.filter((one) => one === '/v1/orders?status=open').length).toBeGreaterThan(1);
  });

  it('asks no private network that the mesh does not allow, and writes no password into a spec', async () => {
    const folder = await meshWith(' {}');
    expect((await add(folder, `${server.origin}/v1/orders`)).answer).toMatchObject({
      error: { code: 'WEB_ADDRESS_PRIVATE' },
    });
    const secret = await add(folder, 'https://ana:sesame@example.com/orders');
    expect(secret.answer).toMatchObject({ error: { code: 'ADD_SECRET' } });
    expect(JSON.stringify(secret)).not.toContain('sesame');
  });
});
