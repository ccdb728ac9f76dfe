#!/usr/bin/env node
import module, { createRequire } from 'node:module';

// Where Node can, it keeps what it compiled for the next start.
module.enableCompileCache?.();
createRequire(import.meta.url)('../dist/main.cjs');
