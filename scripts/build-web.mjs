// Builds web/ into dist/web: the pages, with each file also compressed, so that serving one costs no work.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { build } from 'vite';

const COMPRESS_FROM_BYTES = 1_000;

// Whoever asks for it, a test run among them: what is built is what is served.
process.env.NODE_ENV = 'production';
await build({ configFile: 'web/vite.config.ts', logLevel: 'warn' });

const folder = 'dist/web/assets';
for (const name of readdirSync(folder)) {
  const file = path.join(folder, name);
  const content = readFileSync(file);
  if (!/\.(js|css|svg)$/.test(name) || content.length < COMPRESS_FROM_BYTES) continue;
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
    [constants.BROTLI_PARAM_SIZE_HINT]: content.length,
  };
  writeFileSync(`${file}.br`, brotliCompressSync(content, { params }));
  writeFileSync(`${file}.gzip`, gzipSync(content, { level: 9 }));
}
