// Builds src/ into dist/: one file for each process and thread, shared code in chunks.
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { build } from 'esbuild';

// The pages in dist/web are built by themselves (build-web.mjs): that takes longer, and they change less often.
if (existsSync('dist'))
  for (const name of readdirSync('dist')) if (name !== 'web') rmSync(`dist/${name}`, { recursive: true });
await build({
  entryPoints: {
    main: 'src/main.ts',
    generate: 'src/generate.ts',
    'engine-child': 'src/engine/child/engine-child.ts',
    'guest-child': 'src/engine/child/guest-child.ts',
    'validation-worker': 'src/runtime/validation/validation-worker.ts',
  },
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  packages: 'external',
  sourcemap: true,
  logLevel: 'warning',
});

// A transform's process may read nothing but its own file, and what runs in it beside the author's code is one script.
const alone = { bundle: true, platform: 'node', target: 'node20', logLevel: 'warning' };
await build({
  ...alone,
  entryPoints: { 'transform-child': 'src/transform/typescript/transform-child.ts' },
  outdir: 'dist',
  outExtension: { '.js': '.cjs' },
  format: 'cjs',
});
await build({
  ...alone,
  entryPoints: { 'transform-guest': 'src/transform/typescript/guest/guest.ts' },
  outdir: 'dist',
  platform: 'neutral',
  format: 'iife',
  globalName: 'wharfGuest',
});

// Vega is built in: only this thread needs it, and the pages.
await build({
  bundle: true,
  platform: 'node',
  target: 'node20',
  logLevel: 'warning',
  entryPoints: { 'chart-worker': 'src/ports/chart/svg-worker.ts' },
  outdir: 'dist',
  format: 'esm',
});
