import { rm } from 'node:fs/promises';
import path from 'node:path';
import { WharfProcess } from '../../test/support/wharf-process.ts';
import { cpuSeconds } from '../support/cpu.ts';
import { pushLines } from '../support/derived.ts';
import { timed, writeMesh } from '../support/measure.ts';
import { WatchedStream } from '../support/watched-stream.ts';
import type { CostCurve } from './curve.ts';

const RECORDS = 10;

/** Products that are derived from each other, one behind the other. */
export const depth: CostCurve = {
  name: 'depth',
  grows: 'products behind each other',
  sizes: { quick: [1, 4], whole: [1, 2, 4, 8, 16, 32] },
  async measure(size) {
    const files = new Map([['mesh.yaml', 'mesh: bench\n']]);
    for (let i = 0; i <= size; i++) files.set(`p${i}.product.yaml`, spec(i));
    const mesh = await writeMesh(files);
    const wharf = await WharfProcess.start({ mesh, data: path.join(mesh, '.wharf') });
    let id = 0;
    const through = async (level: number): Promise<number> => {
      const stream = await WatchedStream.open(`${wharf.url}/p/shop.p${level}/v1`);
      const { ms } = await timed(async () => {
        for (let i = 0; i < RECORDS; i++) {
          id += 1;
          const come = stream.until(`"id":${id},`);
          await pushLines(`${wharf.url}/p/shop.p0/v1/inputs/source`, [`{"id":${id},"n":1}`]);
          await come;
        }
      });
      await stream.close();
      return ms / RECORDS;
    };
    try {
      await through(size);
      const before = cpuSeconds(wharf.pid);
      const last = await through(size);
      const cpu = cpuSeconds(wharf.pid) - before;
      return {
        'from a push to the last stream, ms': last,
        'processor ms a record': (cpu * 1_000) / RECORDS,
        'baseline, to the stream of what is pushed to, ms': await through(0),
      };
    } finally {
      await wharf.kill();
      await rm(mesh, { recursive: true });
    }
  },
};

function spec(level: number): string {
  const input =
    level === 0
      ? 'inputs: { source: { from: push } }'
      : `inputs: { before: shop.p${level - 1}@1 }\ntransform:\n  sql: select id, n + 1 as n from before`;
  return `product: shop.p${level}
version: 1.0.0
owner: bench
purpose: One behind the other.
access: [{ allow: [anyone] }]
${input}
key: [id]
fields: { id: { type: integer, required: true }, n: integer }
`;
}
