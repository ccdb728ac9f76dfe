// Builds src/ into dist/: one file for each process and thread, with the packages it uses, because finding and compiling hundreds of files
// takes longer than all else a start does.
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';
import { compileMain } from './compile-main.mjs';
import { licencesOf } from './licences.mjs';

/** Packages that hold machine code or look for files of their own, and large ones that few starts need: loaded from node_modules. */
const OUTSIDE = [
  '@duckdb/node-bindings',
  '@e965/xlsx',
  'apache-arrow',
  'esbuild',
  'lmdb',
  'node-sqlite3-wasm',
  'mysql2',
  'nodemailer',
  'typescript',
];

const program = { bundle: true, platform: 'node', target: 'node20', logLevel: 'warning', metafile: true };

// The pages in dist/web are built by themselves (build-web.mjs): that takes longer, and they change less often.
if (existsSync('dist'))
  for (const name of readdirSync('dist')) if (name !== 'web') rmSync(`dist/${name}`, { recursive: true });
const programs = await build({
  ...program,
  entryPoints: {
    main: 'src/main.ts',
    generate: 'src/generate.ts',
    'engine-child': 'src/engine/child/engine-child.ts',
    'guest-child': 'src/engine/child/guest-child.ts',
    'sqlite-worker': 'src/inputs/sqlite/sqlite-worker.ts',
    'validation-worker': 'src/runtime/validation/validation-worker.ts',
    // This one may read nothing but its own file.
    'transform-child': 'src/transform/typescript/transform-child.ts',
  },
  outdir: 'dist',
  outExtension: { '.js': '.cjs' },
  format: 'cjs',
  external: OUTSIDE,
  // Made a `require`: what V8 keeps of a compiled program knows no `import()`.
  supported: { 'dynamic-import': false },
  define: { 'import.meta.url': 'moduleUrl' },
  banner: { js: "const moduleUrl = require('node:url').pathToFileURL(__filename).href;" },
  sourcemap: true,
});

// Vega waits for a module while it loads, which only this format can do.
const painter = await build({
  ...program,
  entryPoints: { 'chart-worker': 'src/ports/chart/svg-worker.ts' },
  outdir: 'dist',
  outExtension: { '.js': '.mjs' },
  format: 'esm',
});

// What runs in a transform's process beside the author's code is one script.
await build({
  ...program,
  entryPoints: { 'transform-guest': 'src/transform/typescript/guest/guest.ts' },
  outdir: 'dist',
  platform: 'neutral',
  format: 'iife',
  globalName: 'wharfGuest',
});

const inputs = [programs, painter].flatMap(({ metafile }) => Object.keys(metafile.inputs));
writeFileSync('dist/THIRD-PARTY.txt', licencesOf(inputs));

await compileMain('dist/main.cjs');
