#!/usr/bin/env node
import module, { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { loadBuilt } from './load-built.js';

const program = fileURLToPath(new URL('../dist/main.cjs', import.meta.url));
// Where Node can, it keeps what it compiled for the next start; elsewhere the build has done so.
if (module.enableCompileCache) {
  module.enableCompileCache();
  createRequire(import.meta.url)(program);
} else loadBuilt(program);
