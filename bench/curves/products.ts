import { rm } from 'node:fs/promises';
import path from 'node:path';
import { parseDocument } from 'yaml';
import { WharfProcess } from '../../test/support/wharf-process.ts';
import { cpuSeconds } from '../support/cpu.ts';
import { sleep, timed, writeMesh } from '../support/measure.ts';
import { processTreeRss } from '../support/memory.ts';
import type { CostCurve } from './curve.ts';

/** What a start leaves to do is over once the process uses less than this share of a processor ... */
const REST_SHARE = 0.1;
/** ... or after so long. */
const REST_WAIT_MS = 300_000;
const IDLE_MS = 10_000;

export const products: CostCurve = {
  name: 'products',
  grows: 'products in the mesh',
  sizes: { quick: [10, 100, 1_000], whole: [10, 100, 1_000, 10_000] },
  async measure(size) {
    const files = new Map([['mesh.yaml', 'mesh: bench\n']]);
    for (let i = 0; i < size; i++) files.set(`shop/p${i}.product.yaml`, spec(i));
    const mesh = await writeMesh(files);
    const parsed = await timed(async () => {
      for (const text of files.values()) parseDocument(text);
    });
    const started = await timed(() => WharfProcess.start({ mesh, data: path.join(mesh, '.wharf') }));
    const wharf = started.value;
    try {
      const rested = await timed(() => untilAtRest(wharf.pid));
      const idle = await shareUsed(wharf.pid);
      const memory = processTreeRss(wharf.pid) / 1e6;
      const list = await timed(() => wharf.get('/api/products?limit=50'));
      return {
        'start until it listens, ms': started.ms,
        'from then until at rest, ms': rested.ms,
        'memory of all processes, MB': memory,
        'idle, % of a processor': idle * 100,
        'a page of the list of products, ms': list.ms,
        'baseline, only parsing the YAML, ms': parsed.ms,
      };
    } finally {
      await wharf.kill();
      await rm(mesh, { recursive: true });
    }
  },
};

/** Of a processor, while nobody asks for anything. */
async function shareUsed(pid: number): Promise<number> {
  const before = cpuSeconds(pid);
  await sleep(IDLE_MS);
  return ((cpuSeconds(pid) - before) / IDLE_MS) * 1_000;
}

async function untilAtRest(pid: number): Promise<void> {
  for (let waited = 0; waited < REST_WAIT_MS; waited += IDLE_MS)
    if ((await shareUsed(pid)) < REST_SHARE) return;
}

/** Half of them are pushed to, the others read the one before. */
function spec(number: number): string {
  const input =
    number % 2 === 0
      ? 'inputs: { source: { from: push } }'
      : `inputs: { before: shop.p${number - 1}@1 }\ntransform:\n  sql: select id, n from before where n > 0`;
  return `product: shop.p${number}
version: 1.0.0
owner: bench
purpose: One of many.
access: [{ allow: [anyone] }]
${input}
key: [id]
fields: { id: { type: integer, required: true }, n: integer }
`;
}
