// Runs a built program (`node scripts/keep-compiled.mjs FILE ARGUMENTS`) and keeps what V8 made of it meanwhile beside it, for bin/load-built.js.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { compiledFile, loadBuilt } from '../bin/load-built.js';

const file = path.resolve(process.argv[2]);
process.argv.splice(1, 2, file);
const { script, mark } = loadBuilt(file);
// At its end, so that the functions which were called are among what is kept.
process.on('exit', () =>
  writeFileSync(compiledFile(file), Buffer.concat([Buffer.from(mark), script.createCachedData()])),
);
