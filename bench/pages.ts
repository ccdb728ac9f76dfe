/**
 * How smoothly large meshes are shown: frames while a list of 5,000 products is scrolled, and while a graph of 500 is dragged and
 * zoomed, and what each frame costs: processor time of the page (scripts, layout, painting) and of what puts its picture together, which
 * without a graphics card is done by the processor as well. The server's answers are replaced by made ones, so that only the pages are
 * measured. Baseline: an empty page, scrolled. Of the first view, when its largest part is painted.
 */

import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { packageRoot } from '../src/base/entry.ts';
import { openBrowser, openContext, openPage } from '../test/support/browser.ts';

const PRODUCTS = 5_000;
const NODES = 500;
const SECONDS = 4;

/** Runs in the page: the times between frames until it is stopped. */
const COUNT_FRAMES = `(() => {
  const gaps = []; let last = performance.now();
  const next = (now) => { gaps.push(now - last); last = now; if (window.__counting) requestAnimationFrame(next); };
  window.__counting = true; window.__gaps = gaps; requestAnimationFrame(next);
})()`;

/** Runs in the page. */
const LARGEST_PAINT = `new Promise((resolve) =>
  new PerformanceObserver((list) => resolve(list.getEntries().at(-1).startTime)).observe({ type: 'largest-contentful-paint', buffered: true }),
)`;

function card(i: number) {
  const name = `domain${i % 40}.product-${i}`;
  return {
    ...{
      id: `${name}@1`,
      name,
      version: '1.0.0',
      domain: `domain${i % 40}`,
      status: 'active',
      owner: `team${i % 12}`,
    },
    ...{ alignment: 'source', tier: 'silver', purpose: `What product ${i} is for, in a sentence.`, tags: [] },
    ...{
      ports: ['rest', 'sql'],
      position: i * 100,
      lastRecordAt: new Date(0).toISOString(),
      health: 'ok',
      rejects: 0,
    },
    checks: { total: 3, passed: 3, failed: 0 },
    ...{ gate: false, heldAt: null, promises: { made: 1, kept: 1, broken: 0 }, matched: [] },
    _links: { self: { href: `/p/${name}/v1` } },
  };
}

function productsAnswer(url: URL) {
  const offset = Number(url.searchParams.get('offset') ?? 0);
  const limit = Number(url.searchParams.get('limit') ?? 100);
  url.searchParams.set('offset', String(offset + limit));
  const facets = Object.fromEntries(
    ['domain', 'tier', 'alignment', 'status', 'owner', 'port', 'class', 'tag'].map((name) => [name, {}]),
  );
  return {
    ...{ mesh: 'bench', total: PRODUCTS, facets },
    products: Array.from({ length: Math.min(limit, PRODUCTS - offset) }, (_, i) => card(offset + i)),
    _links: offset + limit < PRODUCTS ? { next: { href: `${url.pathname}${url.search}` } } : {},
  };
}

function lineageAnswer() {
  const nodes = Array.from({ length: NODES }, (_, i) => ({ ...card(i), kind: 'product', troubledBy: [] }));
  const edges = nodes.flatMap((node, i) =>
    i < 50
      ? []
      : [1, 2].map((k) => ({ from: nodes[Math.floor(i / 2) - k]?.id, to: node.id, input: `input${k}` })),
  );
  return { nodes, edges };
}

/** The built pages, and made answers. */
function answerOf(url: URL): { type: string; body: string | Buffer } {
  const json = (body: unknown) => ({ type: 'application/json', body: JSON.stringify(body) });
  if (url.pathname === '/api/products') return json(productsAnswer(url));
  if (url.pathname === '/api/lineage') return json(lineageAnswer());
  if (url.pathname === '/api/mesh')
    return json({
      name: 'bench',
      doc: null,
      version: '0',
      products: PRODUCTS,
      domains: [],
      teams: [],
      sql: null,
    });
  const web = path.join(packageRoot, 'dist', 'web');
  if (!url.pathname.startsWith('/assets/'))
    return { type: 'text/html', body: readFileSync(path.join(web, 'index.html')) };
  const types: Readonly<Record<string, string>> = {
    '.js': 'text/javascript',
    '.css': 'text/css',
    '.svg': 'image/svg+xml',
  };
  return {
    type: types[path.extname(url.pathname)] ?? 'font/woff2',
    body: readFileSync(path.join(web, url.pathname)),
  };
}

interface Smoothness {
  readonly fps: number;
  readonly p95Ms: number;
  /** Of all cores, a frame. */
  readonly pageMs: number;
  readonly pictureMs: number;
}

/** Processor time so far, in ms: of pages, and of the process that composes. */
async function processorMs(): Promise<{ page: number; picture: number }> {
  const { processInfo } = await processes.send('SystemInfo.getProcessInfo');
  const of = (type: string) =>
    processInfo.reduce((sum, info) => sum + (info.type === type ? info.cpuTime * 1_000 : 0), 0);
  return { page: of('renderer'), picture: of('GPU') };
}

async function frames(page: Page, move: (step: number) => Promise<void>): Promise<Smoothness> {
  const before = await processorMs();
  await page.evaluate(COUNT_FRAMES);
  const until = Date.now() + SECONDS * 1_000;
  for (let step = 0; Date.now() < until; step += 1) await move(step);
  const gaps = await page.evaluate<number[]>('(window.__counting = false, window.__gaps)');
  const after = await processorMs();
  const sorted = gaps.toSorted((a, b) => a - b);
  const total = gaps.reduce((sum, gap) => sum + gap, 0);
  return {
    fps: (gaps.length * 1_000) / total,
    p95Ms: sorted[Math.floor(sorted.length * 0.95)] ?? 0,
    pageMs: (after.page - before.page) / gaps.length,
    pictureMs: (after.picture - before.picture) / gaps.length,
  };
}

const server = createServer((request, response) => {
  const { type, body } = answerOf(new URL(request.url ?? '/', 'http://here'));
  response.writeHead(200, { 'Content-Type': type }).end(body);
}).listen(0, '127.0.0.1');
await new Promise((resolve) => server.once('listening', resolve));
const address = server.address();
const base = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
const browser = await openBrowser();
if (!browser) process.exit(1);
const processes = await browser.newBrowserCDPSession();
const { page } = await openPage(await openContext(browser));
const scroll = (step: number) => page.mouse.wheel(0, step % 200 < 180 ? 400 : -400);

await page.setContent('<div style="height: 500000px">empty</div>');
const empty = await frames(page, scroll);
const tell = (what: string, { fps, p95Ms, pageMs, pictureMs }: Smoothness) =>
  console.log(
    `${what.padEnd(36)} ${fps.toFixed(1)} frames/s, 95 % within ${p95Ms.toFixed(1)} ms, ${(fps / empty.fps).toFixed(2)} x of an empty page; a frame takes ${pageMs.toFixed(1)} ms of the page and ${pictureMs.toFixed(1)} ms of its picture`,
  );
tell('an empty page, scrolled', empty);

await page.goto(`${base}/`);
await page.getByText('5,000 products').waitFor();
console.log(
  `the largest part of the first view is painted after ${Math.round(await page.evaluate<number>(LARGEST_PAINT))} ms`,
);
await page.mouse.move(800, 500);
tell(`a list of ${PRODUCTS} products, scrolled`, await frames(page, scroll));

const started = Date.now();
await page.goto(`${base}/lineage`);
await page.locator('.mesh-node').first().waitFor();
console.log(`a graph of ${NODES} products is there after ${Date.now() - started} ms`);
await page.mouse.move(640, 500);
await page.mouse.down();
tell(
  `a graph of ${NODES} products, dragged`,
  await frames(page, (step) =>
    page.mouse.move(640 + 200 * Math.sin(step / 10), 500 + 100 * Math.cos(step / 10)),
  ),
);
await page.mouse.up();
tell(
  `a graph of ${NODES} products, zoomed`,
  await frames(page, (step) => page.mouse.wheel(0, step % 40 < 20 ? 60 : -60)),
);
await browser.close();
server.close();
