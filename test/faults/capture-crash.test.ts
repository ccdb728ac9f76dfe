/**
 * The process is killed on its way through the capture of Skyline, again and again, and started again on the same data.
 *
 * What must hold in the end: every product has exactly the records of an undisturbed run (a record that was journaled twice
 * would show as a higher position, one that was lost as a lower one), and the state that the log gives.
 */
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/base/entry.ts';
import { integerBetween, seededRandom } from '../../src/base/random.ts';
import { rowsByNdjson } from '../support/read-ports.ts';
import { SEED } from '../support/seed.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { WharfProcess } from '../support/wharf-process.ts';

const MESH = path.join(packageRoot, 'examples', 'skyline');
const KILLS_A_RUN = 4;
const RUNS = Number(process.env.WHARF_CRASH_RUNS ?? 1);

const POINTS = [
  'capture.before-commit',
  'capture.after-commit',
  'map.before-commit',
  'map.after-commit',
  'journal.before-commit',
  'journal.after-commit',
];

/** Positions and rows of an undisturbed run; of what is derived the rows, since how they were reached depends on when. */
const EXPECTED = {
  'airports.scorecard@1': [49],
  'flights.airport-delays@1': [6_901],
  'hazards.airport-hazards@1': [49],
  'airports.airports@1': [3_376, 3_376],
  'flights.departures@1': [37_000, 20_000],
  'flights.routes@1': [5_366, 5_366],
  'hazards.bird-strikes@1': [10_000, 9_976],
  'hazards.earthquakes@1': [1_707, 1_707],
};

const DERIVED = new Set(Object.keys(EXPECTED).slice(0, 3));

async function figures(data: string): Promise<Record<string, number[]>> {
  const wharf = await WharfProcess.start({ mesh: MESH, data });
  try {
    await wharf.untilReady();
    const { products } = await wharf.get<{ products: { product: string; position: number }[] }>(
      '/api/status',
    );
    const found: Record<string, number[]> = {};
    for (const { product, position } of products) {
      const [name = '', major] = product.split('@');
      const rows = await rowsByNdjson(wharf.url, `${name}/v${major}`, name.split('.')[1] ?? '', position);
      found[product] = DERIVED.has(product) ? [rows.length] : [position, rows.length];
    }
    return found;
  } finally {
    await wharf.stop();
  }
}

async function killAfter(data: string, ms: number): Promise<void> {
  const wharf = WharfProcess.spawn({ mesh: MESH, data });
  await new Promise((resolve) => setTimeout(resolve, ms));
  await wharf.kill();
}

/** Until the point kills the process, or everything has been read without coming to it. */
async function killAtPoint(data: string, point: string): Promise<'the point' | 'the test'> {
  const wharf = WharfProcess.spawn({ mesh: MESH, data, env: { WHARF_CRASH_AT: point } });
  const done = (async () => {
    while (!wharf.output.includes('Ctrl-C stops')) await new Promise((resolve) => setTimeout(resolve, 50));
    return 'the test' as const;
  })();
  const killed = await Promise.race([wharf.ended.then(() => 'the point' as const), done]);
  await wharf.kill();
  return killed;
}

describe('a kill at any moment of the capture', () => {
  it.each(Array.from({ length: RUNS }, (_, i) => SEED + i))(
    'at each point of it, one after another, and at random times, ends in the same figures (seed %i)',
    async (seed) => {
      const random = seededRandom(seed);
      const data = await temporaryFolder('crash');
      for (const point of POINTS)
        expect([point, await killAtPoint(data, `${point}:1`)]).toEqual([point, 'the point']);
      for (let kill = 0; kill < KILLS_A_RUN; kill++)
        await killAfter(data, integerBetween(random, 300, 1_600));
      expect(await figures(data)).toEqual(EXPECTED);
    },
  );
});
