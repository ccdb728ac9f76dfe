/**
 * How long it takes to load and check a generated mesh of 1,000 products, half of them reading other products; beside it,
 * the bare YAML parser over the same files.
 *
 * Run: npx esbuild bench/check-mesh.ts --bundle --platform=node --format=esm --packages=external --outfile=dist/bench/check-mesh.js
 *      && node dist/bench/check-mesh.js
 */
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { parseDocument } from 'yaml';
import { EVERYTHING_AVAILABLE } from '../src/spec/availability.ts';
import { loadMesh } from '../src/spec/load-mesh.ts';
import { EXAMPLE_DECLARATIONS } from '../src/spec/rules/example-mesh.ts';
import { generatedMesh } from '../src/spec/test-support/generated-mesh.ts';
import { writeMesh } from '../src/spec/test-support/write-mesh.ts';

const PRODUCTS = 1_000;
const ROUNDS = 3;

const files = generatedMesh(PRODUCTS);
const folder = await writeMesh(files);
try {
  for (let round = 1; round <= ROUNDS; round++) {
    const loadMs = await timed(async () => {
      const { diagnostics } = await loadMesh(folder, EXAMPLE_DECLARATIONS, {
        availability: EVERYTHING_AVAILABLE,
      });
      if (diagnostics.length > 0)
        throw new Error(`The mesh has ${diagnostics.length} problems: ${diagnostics[0]?.message}`);
    });
    const parseMs = await timed(async () => {
      for (const file of files.keys()) parseDocument(await readFile(path.join(folder, file), 'utf8'));
    });
    const ratio = (loadMs / parseMs).toFixed(2);
    console.log(
      `round ${round}: check of ${PRODUCTS} products ${loadMs} ms; bare yaml ${parseMs} ms; ratio ${ratio}`,
    );
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function timed(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return Math.round(performance.now() - start);
}
