// Builds src/ into dist/: one file for each process and thread, shared code in chunks.
import { rmSync } from 'node:fs';
import { build } from 'esbuild';

rmSync('dist', { recursive: true, force: true });
await build({
  entryPoints: {
    main: 'src/main.ts',
    generate: 'src/generate.ts',
    'engine-child': 'src/engine/child/engine-child.ts',
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
