/** What is kept of a program when it is built is of use only to that program. */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../src/base/entry.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

const KEEP = path.join(packageRoot, 'scripts', 'keep-compiled.mjs');

/** Of the same length for each word of the same length, as V8 tells programs apart. */
const program = (word: string, build: string) =>
  `console.log('${word}', require('./beside.cjs').word);\n// build ${build.repeat(64)}\n`;

/** Runs it as `bin/wharf.js` does, and keeps what was compiled. */
function run(file: string): string {
  const { stdout, stderr } = spawnSync(process.execPath, [KEEP, file], { encoding: 'utf8' });
  return `${stdout}${stderr}`.trim();
}

describe('a built program', () => {
  it('is never run as another build of it was compiled', async () => {
    const folder = await temporaryFolder('load-built');
    const file = path.join(folder, 'program.cjs');
    writeFileSync(path.join(folder, 'beside.cjs'), "exports.word = 'beside';\n");
    writeFileSync(file, program('first', 'a'));
    expect([run(file), run(file)]).toEqual(['first beside', 'first beside']);
    writeFileSync(file, program('other', 'b'));
    expect(run(file)).toBe('other beside');

    const kept = readFileSync(`${file}.compiled`);
    writeFileSync(`${file}.compiled`, kept.subarray(0, kept.length / 2));
    expect(run(file)).toBe('other beside');
  });
});
