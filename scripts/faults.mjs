// Builds the kit that breaks things and runs it: `npm run faults -- [names] [--short] [--seed N]`.
import { spawnSync } from 'node:child_process';
import { build } from 'esbuild';

const outfile = 'dist/faults/run.mjs';
await build({
  entryPoints: ['test/faults/kit/run.ts'],
  outfile,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  packages: 'external',
  logLevel: 'warning',
});
process.exit(
  spawnSync(process.execPath, [outfile, ...process.argv.slice(2)], { stdio: 'inherit' }).status ?? 1,
);
