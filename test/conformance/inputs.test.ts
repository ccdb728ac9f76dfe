/** The suite of `inputs.ts` stands beside each input; none that is registered may be without it. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { packageRoot } from '../../src/base/entry.ts';
import { inputs } from '../../src/inputs/index.ts';

/** The suite, called. */
const HELD = /\bdescribePullInput\(/;

test('every input that Wharf reads from is held to it', async () => {
  const read: string[] = [];
  const held: string[] = [];
  for (const [name, load] of Object.entries(inputs)) {
    if ((await load()).kind !== 'pull') continue;
    read.push(name);
    const folder = path.join(packageRoot, 'src', 'inputs', name);
    const tests = (await readdir(folder)).filter((file) => file.endsWith('.test.ts'));
    const texts = await Promise.all(tests.map((file) => readFile(path.join(folder, file), 'utf8')));
    if (texts.some((text) => HELD.test(text))) held.push(name);
  }
  expect(read.length).toBeGreaterThan(0);
  expect(held).toEqual(read);
});
