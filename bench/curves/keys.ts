import { rm } from 'node:fs/promises';
import path from 'node:path';
import { WharfProcess } from '../../test/support/wharf-process.ts';
import { cpuSeconds } from '../support/cpu.ts';
import { pushLines } from '../support/derived.ts';
import { timed, writeMesh } from '../support/measure.ts';
import { orderRecord, ordersMesh } from '../support/records.ts';
import type { CostCurve } from './curve.ts';

const BATCH = 10_000;
const CHANGES = 20;
const LOOK_UPS = 200;

/** A state of so many keys: what it costs to change some, to look one up, and to count. */
export const keys: CostCurve = {
  name: 'keys',
  grows: 'keys of a product',
  sizes: { quick: [10_000, 100_000], whole: [10_000, 100_000, 1_000_000] },
  async measure(size) {
    const mesh = await writeMesh(ordersMesh('{ from: push }'));
    const wharf = await WharfProcess.start({ mesh, data: path.join(mesh, '.wharf') });
    const url = `${wharf.url}/p/shop.orders/v1`;
    const batch = (first: number) =>
      Array.from({ length: Math.min(BATCH, size) }, (_, i) => orderRecord(((first + i) % size) + 1));
    try {
      for (let first = 0; first < size; first += BATCH) await pushLines(`${url}/inputs/source`, batch(first));
      await wharf.get('/p/shop.orders/v1/rows?limit=1&count=exact');
      const before = cpuSeconds(wharf.pid);
      const baseline = await timed(async () => {
        for (let i = 0; i < LOOK_UPS; i++) await (await fetch(`${wharf.url}/healthz`)).text();
      });
      const changed = await timed(() => pushLines(`${url}/inputs/source`, batch(size >> 1)));
      const rows = await timed(async () => {
        for (let i = 0; i < LOOK_UPS; i++)
          await wharf.get(`/p/shop.orders/v1/rows/${((i * 7_919) % size) + 1}`);
      });
      const counts = await timed(async () => {
        for (let i = 0; i < CHANGES; i++) await wharf.get('/p/shop.orders/v1/rows?limit=1&count=exact');
      });
      return {
        'a push of 10,000 changes, ms': changed.ms,
        'a row by its key, ms': rows.ms / LOOK_UPS,
        'a count of all, ms': counts.ms / CHANGES,
        'processor ms of these': (cpuSeconds(wharf.pid) - before) * 1_000,
        'baseline, a request that reads nothing, ms': baseline.ms / LOOK_UPS,
      };
    } finally {
      await wharf.kill();
      await rm(mesh, { recursive: true });
    }
  },
};
