/**
 * A "group by" over an append-only input, kept up to date by `merge`: batches of 10,000 records, each until the derived product has
 * caught up; the cost of a batch should stay the same. Then all that is left at once, as fast as it goes.
 * Baseline in the same run: the same product computed as a whole (`wharf replay`).
 *
 *     node scripts/bench.mjs merge [records]
 */
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { integerBetween, seededRandom } from '../src/base/random.ts';
import { WharfProcess } from '../test/support/wharf-process.ts';
import { pushLines, recompute, untilCaughtUp } from './support/derived.ts';
import { count, median, timed, writeMesh } from './support/measure.ts';

const records = Number(process.argv[2] ?? 5_000_000);
const BATCH = 10_000;
const WINDOW = 20;
const GROUPS = 1_000;
const random = seededRandom(20_261_121);

const mesh = await writeMesh(
  new Map([
    [
      'mesh.yaml',
      'mesh: bench\ndomains:\n  shop: { owner: shop }\nteams:\n  shop: { contact: a@example.com }\n',
    ],
    [
      'clicks.product.yaml',
      `product: shop.clicks
version: 1.0.0
owner: shop
purpose: To be counted.
inputs: { source: { from: push } }
key: none
fields: { page: integer, ms: integer }
access: [{ allow: [anyone] }]
`,
    ],
    [
      'pages.product.yaml',
      `product: shop.pages
version: 1.0.0
owner: shop
purpose: The counts.
inputs: { clicks: shop.clicks@1 }
transform:
  mode: merge
  sql: select page, count(*) as clicks, sum(ms)::bigint as ms, max(ms) as slowest from clicks group by page
key: [page]
fields: { page: integer, clicks: integer, ms: integer, slowest: integer }
access: [{ allow: [anyone] }]
`,
    ],
  ]),
);

const bodies = Array.from({ length: 50 }, () =>
  Array.from(
    { length: BATCH },
    () => `{"page":${integerBetween(random, 1, GROUPS)},"ms":${integerBetween(random, 1, 9_999)}}`,
  ),
);
const data = path.join(mesh, '.wharf');
const wharf = await WharfProcess.start({ mesh, data });
const push = (batch: number) =>
  pushLines(`${wharf.url}/p/shop.clicks/v1/inputs/source`, bodies[batch % bodies.length] ?? []);

try {
  const batches = Math.floor(records / BATCH);
  const times: number[] = [];
  const { ms } = await timed(async () => {
    for (let batch = 0; batch < batches; batch++) {
      const measured = batch < WINDOW || batch >= batches - WINDOW;
      const step = await timed(async () => {
        await push(batch);
        if (measured) await untilCaughtUp(wharf, 'shop.pages@1');
      });
      if (measured) times.push(step.ms);
    }
  });
  const { ms: wholeMs } = await timed(() => recompute(data, 'shop.pages'));
  const [first, last] = [median(times.slice(2, WINDOW)), median(times.slice(-WINDOW))];
  console.log(
    `merge, ${count(records)} records in batches of ${count(BATCH)}: ${count((records * 1_000) / ms)} records/s (wanted 300,000)`,
  );
  console.log(
    `a batch, pushed and merged: first ${first.toFixed(0)} ms, last ${last.toFixed(0)} ms; ratio ${(last / first).toFixed(2)} (wanted at most 1.3)`,
  );
  console.log(
    `baseline, the whole computed once: ${wholeMs.toFixed(0)} ms, ${(wholeMs / last).toFixed(1)} times a batch`,
  );
} finally {
  await wharf.stop();
  await rm(mesh, { recursive: true });
}
