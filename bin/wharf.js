#!/usr/bin/env -S MALLOC_ARENA_MAX=2 MALLOC_MMAP_THRESHOLD_=1048576 MALLOC_TRIM_THRESHOLD_=4194304 node --max-semi-space-size=8
// The first line is for glibc's allocator. By itself it takes larger and larger blocks (up to 32 MB) from memory that it does not give back, with
// a part for each thread, and a server grows for an hour. Blocks from 1 MB on go back to the system here: smaller ones come and go with each
// slice of records, and cost a fifth more time that way. And Node's room for what is new, in each thread, grows to 8 MB twice instead of 16 MB twice,
// within an hour: capturing and pushing are as quick. Such settings are read as a process begins, and at no other time.
import module, { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { loadBuilt } from './load-built.js';

const program = fileURLToPath(new URL('../dist/main.cjs', import.meta.url));
// Where Node can, it keeps what it compiled for the next start; elsewhere the build has done so.
if (module.enableCompileCache) {
  module.enableCompileCache();
  createRequire(import.meta.url)(program);
} else loadBuilt(program);
