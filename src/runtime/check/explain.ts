import { rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { WharfError } from '../../base/errors.ts';
import { silentLog } from '../../base/log.ts';
import { randomName } from '../../base/random.ts';
import { didYouMean } from '../../base/suggest.ts';
import { startEngine } from '../../engine/start-engine.ts';
import type { Mesh, Product } from '../../spec/model.ts';
import { type Explanation, explainProduct } from '../../transform/explain.ts';
import '../errors.ts';

export type { Explanation };

const ENGINE_MEMORY_MB = 256;

/** `name` is `domain.name`, which means the newest major, or `domain.name@major`. Throws PRODUCT_UNKNOWN. */
export async function explain(mesh: Mesh, name: string): Promise<Explanation> {
  const product = findProduct(mesh, name);
  const temporaryFolder = path.join(os.tmpdir(), `wharf-explain-${randomName()}`);
  const engine = startEngine({
    role: 'trusted',
    temporaryFolder,
    memoryMb: ENGINE_MEMORY_MB,
    threads: 1,
    log: silentLog,
  });
  try {
    return await explainProduct(engine, product, new Map(mesh.products.map((p) => [p.id, p])));
  } finally {
    await engine.close();
    await rm(temporaryFolder, { recursive: true, force: true });
  }
}

function findProduct(mesh: Mesh, name: string): Product {
  const found = mesh.products
    .filter((product) => product.id === name || product.name === name)
    .sort((a, b) => b.major - a.major)[0];
  if (found) return found;
  const near = didYouMean(
    name,
    mesh.products.map((product) => product.name),
  );
  throw new WharfError(
    'PRODUCT_UNKNOWN',
    `There is no product "${name}" in the mesh.${near ? ` ${near}` : ''}`,
    {
      hint: 'wharf check tells how many there are, and wharf status lists them.',
    },
  );
}
