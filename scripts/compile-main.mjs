// Marks the main program as this build's, and has it serve a small mesh for a moment, so that what V8 compiles for a start is kept.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { compiledFile } from '../bin/load-built.js';

/** Without it a start is slower, and nothing else: a build does not hang on it. */
const SERVE_MS_MAX = 120_000;
const PRODUCT = `product: some.items
version: 1.0.0
owner: somebody
purpose: To be served once.
inputs: { source: { from: push } }
key: [id]
fields: { id: integer }
`;

export async function compileMain(main) {
  appendFileSync(main, `\n// build ${createHash('sha256').update(readFileSync(main)).digest('hex')}\n`);
  const folder = mkdtempSync(path.join(os.tmpdir(), 'wharf-build-'));
  try {
    writeFileSync(path.join(folder, 'mesh.yaml'), 'mesh: some\n');
    writeFileSync(path.join(folder, 'items.product.yaml'), PRODUCT);
    const printed = await serveOnce(main, folder);
    if (!existsSync(compiledFile(main)))
      console.error(`Nothing compiled was kept, so each start takes a little longer:\n${printed}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Resolves to what it printed, once it has ended. */
function serveOnce(main, mesh) {
  const served = ['scripts/keep-compiled.mjs', main, 'up', mesh, '--port', '0'];
  const child = spawn(process.execPath, served, { stdio: ['ignore', 'pipe', 'pipe'] });
  let printed = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      printed += chunk;
      if (printed.includes('Ctrl-C')) child.kill('SIGTERM');
    });
  const tooLong = setTimeout(() => child.kill('SIGKILL'), SERVE_MS_MAX);
  return new Promise((resolve) =>
    child.once('close', () => {
      clearTimeout(tooLong);
      resolve(printed);
    }),
  );
}
