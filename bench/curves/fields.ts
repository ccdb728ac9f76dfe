import { rm } from 'node:fs/promises';
import path from 'node:path';
import { WharfProcess } from '../../test/support/wharf-process.ts';
import { cpuSeconds } from '../support/cpu.ts';
import { pushLines } from '../support/derived.ts';
import { timed, writeMesh } from '../support/measure.ts';
import type { CostCurve } from './curve.ts';

const RECORDS = 1_000;
/** So many that the processor's time, which is counted in hundredths of a second, is not rounded away: wide records need fewer. */
const BATCHES = { min: 4, max: 20, values: 6_000 } as const;
const READS = 10;

/** A product of so many fields, half of them integers and half texts. */
export const fields: CostCurve = {
  name: 'fields',
  grows: 'fields of a record',
  sizes: { quick: [10, 100], whole: [10, 30, 100, 300, 1_000] },
  why: {
    'processor us a record':
      'of wide records the first 48 MB are soon there, and their flush to runs is measured with them',
    'baseline, JSON.parse of 1,000 records, ms': 'V8 keeps objects of more than 128 fields as dictionaries',
  },
  async measure(size) {
    const names = Array.from({ length: size }, (_, i) => `f${i}`);
    const mesh = await writeMesh(
      new Map([
        ['mesh.yaml', 'mesh: bench\n'],
        ['wide.product.yaml', spec(names)],
      ]),
    );
    const record = (id: number) =>
      JSON.stringify({
        id,
        ...Object.fromEntries(names.map((n, i) => [n, i % 2 === 0 ? id + i : `text ${id}`])),
      });
    const rounds = Math.round(Math.max(BATCHES.min, Math.min(BATCHES.max, BATCHES.values / size)));
    const batches = Array.from({ length: rounds }, (_, b) =>
      Array.from({ length: RECORDS }, (_, i) => record(b * RECORDS + i)),
    );
    const wharf = await WharfProcess.start({ mesh, data: path.join(mesh, '.wharf') });
    const url = `${wharf.url}/p/shop.wide/v1`;
    try {
      await pushLines(`${url}/inputs/source`, batches[0] ?? []);
      await wharf.get('/p/shop.wide/v1/rows?limit=100');
      const before = cpuSeconds(wharf.pid);
      const pushed = await timed(async () => {
        for (const batch of batches) await pushLines(`${url}/inputs/source`, batch);
      });
      const cpu = cpuSeconds(wharf.pid) - before;
      const page = await timed(async () => {
        for (let i = 0; i < READS; i++) await wharf.get('/p/shop.wide/v1/rows?limit=100');
      });
      const baseline = await timed(async () => {
        for (const line of batches.flat()) JSON.parse(line);
      });
      return {
        'a push of 1,000 records, ms': pushed.ms / rounds,
        'processor us a record': (cpu * 1e6) / (RECORDS * rounds),
        'a page of 100 rows, ms': page.ms / READS,
        'baseline, JSON.parse of 1,000 records, ms': baseline.ms / rounds,
      };
    } finally {
      await wharf.kill();
      await rm(mesh, { recursive: true });
    }
  },
};

function spec(names: readonly string[]): string {
  const lines = names.map((name, i) => `  ${name}: ${i % 2 === 0 ? 'integer' : 'string'}`);
  return `product: shop.wide
version: 1.0.0
owner: bench
purpose: Many fields.
access: [{ allow: [anyone] }]
inputs: { source: { from: push } }
key: [id]
fields:
  id: { type: integer, required: true }
${lines.join('\n')}
`;
}
