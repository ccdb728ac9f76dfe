// Builds one bench and runs it: `node scripts/bench.mjs journal`.
import { spawnSync } from 'node:child_process';
import { build } from 'esbuild';

const [name, ...args] = process.argv.slice(2);
if (name === undefined) {
  console.error('Usage: node scripts/bench.mjs <name of a file in bench/> [arguments]');
  process.exit(2);
}
const outfile = `dist/bench/${name}.js`;
await build({
  entryPoints: [`bench/${name}.ts`],
  outfile,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  packages: 'external',
  logLevel: 'warning',
});
process.exit(spawnSync(process.execPath, [outfile, ...args], { stdio: 'inherit' }).status ?? 1);
