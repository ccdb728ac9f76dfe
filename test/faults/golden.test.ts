/** Data folders of older releases are opened, read and changed by the code as it is now (see test/golden). */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { ShiftedClock } from '../../src/base/shifted-clock.ts';
import type { Serving } from '../../src/runtime/serve.ts';
import { packFolder, unpackFolder } from '../golden/folder-archive.ts';
import { eventually, meshFolder } from '../support/mesh-folder.ts';
import { documentOf, ODD_FIELDS, ODD_ROWS } from '../support/odd-values.ts';
import { serveHere } from '../support/serve-here.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const GOLDEN = fileURLToPath(new URL('../golden', import.meta.url));
const KEEP = process.env.WHARF_GOLDEN_KEEP;
const KEPT_MS = Date.UTC(2026, 10, 21);
const OPENED_MS = Date.UTC(2027, 0, 1);
/** Later than what waits to be written to runs, and to be merged. */
const REST_MS = 11 * 60_000;

const COMMON = `version: 1.0.0
status: active
owner: test
tier: bronze
purpose: To be opened by later releases.
access:
  - { allow: [anyone] }
`;
const STOCK_RECORDS = 300;
const MESH = {
  'odd.product.yaml': `product: golden.odd\n${COMMON}alignment: source\ninputs:\n  source: { from: push }\n${ODD_FIELDS}`,
  'stock.product.yaml': `product: golden.stock\n${COMMON}alignment: source\ninputs:\n  source: { from: push }
key: [shop, item]
fields:
  shop: { type: string }
  item: { type: integer }
  count: { type: integer, reduce: sum }
  price: { type: "decimal(10,2)" }
`,
  'shops.product.yaml': `product: golden.shops\n${COMMON}alignment: aggregate\ninputs:\n  stock: golden.stock@1
transform:
  sql: select shop, count(*) as items, sum(count) as pieces, max(price) as dearest from stock group by shop
key: [shop]
fields:
  shop: { type: string }
  items: { type: integer }
  pieces: { type: integer }
  dearest: { type: "decimal(10,2)" }
`,
};

/** What each address answers, as it is sent. */
type Rows = Readonly<Record<string, string>>;
const ROWS = ['golden.odd', 'golden.stock', 'golden.shops'].map(
  (product) => `/p/${product}/v1/rows?limit=1000`,
);
const EARLIER = ['/p/golden.odd/v1/rows?limit=1000&at=3', '/p/golden.stock/v1/rows?limit=1000&at=100'];

async function push(serving: Serving, product: string, lines: readonly string[]): Promise<void> {
  const response = await fetch(`${serving.url}/p/${product}/v1/inputs/source`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/x-ndjson' },
    body: lines.join('\n'),
  });
  expect(await response.json()).toMatchObject({ accepted: lines.length });
}

async function rowsOf(serving: Serving, addresses: readonly string[]): Promise<Rows> {
  const rows: Record<string, string> = {};
  for (const address of addresses) rows[address] = await (await fetch(`${serving.url}${address}`)).text();
  return rows;
}

const stock = (i: number) =>
  `{"shop":"s${i % 5}","item":${i % 70},"count":${i},"price":${i % 9}.${10 + (i % 80)}}`;

/** How many pieces the shops have, by what is derived. */
async function pieces(serving: Serving): Promise<number> {
  const answer = await (await fetch(`${serving.url}/p/golden.shops/v1/rows`)).json();
  return (answer as { rows: { pieces: number }[] }).rows.reduce((sum, row) => sum + row.pieces, 0);
}

const isData = (entry: string) =>
  !entry.startsWith('.wharf/') || /^\.wharf\/(journal\/data\.mdb|store\/)/.test(entry);

describe.runIf(KEEP)('a golden data folder', () => {
  it('is kept, as this release leaves it', async () => {
    const folder = path.join(GOLDEN, KEEP ?? '');
    expect(existsSync(folder), 'what was kept once is not changed').toBe(false);
    const mesh = await meshFolder(MESH);
    const clock = new ShiftedClock(KEPT_MS);
    const serving = await serveHere(mesh, clock);
    const all = Array.from({ length: STOCK_RECORDS }, (_, i) => stock(i));
    await push(serving, 'golden.odd', ODD_ROWS.map(documentOf));
    await push(serving, 'golden.stock', all.slice(0, 200));
    // Some of it rests in runs, the rest in the journal alone.
    const isFlushed = () =>
      Promise.resolve(existsSync(path.join(mesh, '.wharf', 'store', 'golden.stock%401')));
    clock.setForward(clock.nowMs() + REST_MS);
    expect(await eventually(isFlushed, (is) => is)).toBe(true);
    await push(serving, 'golden.stock', all.slice(200));
    const sum = (STOCK_RECORDS * (STOCK_RECORDS - 1)) / 2;
    expect(
      await eventually(
        () => pieces(serving),
        (count) => count === sum,
      ),
    ).toBe(sum);
    const rows = await rowsOf(serving, [...ROWS, ...EARLIER]);
    await serving.close();
    await mkdir(folder, { recursive: true });
    await packFolder(mesh, path.join(folder, 'folder.ndjson.gz'), isData);
    await writeFile(path.join(folder, 'rows.json'), `${JSON.stringify(rows, undefined, 1)}\n`);
  });
});

const RELEASES = readdirSync(GOLDEN, { withFileTypes: true }).filter((entry) => entry.isDirectory());

describe.skipIf(KEEP)('a data folder of', () => {
  it.each(RELEASES.map(({ name }) => name))(
    '%s opens: all rows are as they were, and more can be added',
    async (release) => {
      const mesh = await temporaryFolder('golden');
      await unpackFolder(path.join(GOLDEN, release, 'folder.ndjson.gz'), mesh);
      const wanted = JSON.parse(readFileSync(path.join(GOLDEN, release, 'rows.json'), 'utf8')) as Rows;
      const clock = new ShiftedClock(OPENED_MS);
      const first = await serveHere(mesh, clock);
      expect(await rowsOf(first, Object.keys(wanted))).toEqual(wanted);
      const before = await pieces(first);
      await push(first, 'golden.stock', ['{"shop":"new","item":1,"count":7}']);
      expect(
        await eventually(
          () => pieces(first),
          (count) => count === before + 7,
        ),
      ).toBe(before + 7);
      await first.close();
      const second = await serveHere(mesh, clock);
      const again = await rowsOf(second, [...EARLIER, ROWS[0] ?? '']);
      for (const [address, text] of Object.entries(again)) expect(text).toBe(wanted[address]);
      expect(await pieces(second)).toBe(before + 7);
      await second.close();
    },
  );
});
