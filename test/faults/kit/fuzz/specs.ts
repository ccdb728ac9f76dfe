/** The demo mesh, damaged anywhere, is told about: at a place that there is, and without a mesh where there is an error. */
import { strict as assert } from 'node:assert';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { packageRoot } from '../../../../src/base/entry.ts';
import { deliveries } from '../../../../src/deliver/index.ts';
import { inputs } from '../../../../src/inputs/index.ts';
import { loadDeclarations } from '../../../../src/kit/registry.ts';
import { ports } from '../../../../src/ports/index.ts';
import { loadTexts } from '../../../../src/spec/load-texts.ts';
import { damaged, fuzzTarget } from './target.ts';

const FOLDER = path.join(packageRoot, 'examples', 'skyline');
const TEXTS = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.yaml') || name.endsWith('.sql'))
  .map((name) => [name, new Uint8Array(readFileSync(path.join(FOLDER, name)))] as const);
const SNIPPETS = [
  '',
  ':',
  '{',
  '}',
  '[',
  ']',
  '"',
  "'",
  '- ',
  '\n',
  '\n  ',
  'null',
  '&a ',
  '*a',
  '<<: ',
  '!!js',
  '1e999',
].concat([
  '@1',
  '..',
  '${',
  '|',
  '>',
  '#',
  '%',
  '\t',
  '\u2028',
  'а',
  '9223372036854775808',
  '-0',
  '0x',
  '~',
  ' -> ',
  '? ',
]);
const declarations = loadDeclarations({ inputs, ports, deliveries });

const damage = fc
  .nat(TEXTS.length - 1)
  .chain((file) =>
    damaged(fc.constant(TEXTS[file]?.[1] ?? new Uint8Array()), SNIPPETS).map((bytes) => ({ file, bytes })),
  );

export const specs = fuzzTarget('specs', 5_000, damage, async ({ file, bytes }) => {
  const texts = TEXTS.map(
    ([name, text], i) => [name, Buffer.from(i === file ? bytes : text).toString()] as const,
  );
  const { mesh, diagnostics, sources } = loadTexts(Object.fromEntries(texts), {
    declarations: await declarations,
  });
  const isBroken = diagnostics.some(({ severity }) => severity === 'error');
  assert.equal(mesh === undefined, isBroken, 'a mesh is given where there is no error, and only there');
  for (const { code, message, place } of diagnostics) {
    assert.ok(message.length > 0, `${code} says nothing`);
    const lines = sources.get(place.file)?.split('\n').length ?? 0;
    assert.ok(
      place.line >= 1 && place.line <= lines,
      `${code} is in line ${place.line} of ${lines} of ${place.file}`,
    );
  }
});
