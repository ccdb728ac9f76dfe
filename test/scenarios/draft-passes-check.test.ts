/** What `wharf add` drafts from any file is a spec that `wharf check` has nothing to say about. */
import { createReadStream, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { draftFromBytes } from '../../src/catalog/draft-from-bytes.ts';
import type { ProductDraft } from '../../src/catalog/draft-product.ts';
import { fileInput } from '../../src/inputs/file/file-input.ts';
import { loadTexts } from '../../src/spec/load-texts.ts';
import type { Product } from '../../src/spec/model.ts';

const declarations = { inputs: [fileInput], ports: [], deliveries: [] };

/** The product as it is read back from the drafted text; every problem that the check finds fails the test. */
function checked(found: ProductDraft): Product | undefined {
  const { mesh, diagnostics } = loadTexts({ [found.fileName]: found.yaml }, { declarations });
  expect({ yaml: found.yaml, diagnostics }).toEqual({ yaml: found.yaml, diagnostics: [] });
  return mesh?.products.find((product) => product.name === found.product);
}

async function* chunkOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

const draft = (name: string, text: string) =>
  draftFromBytes({ name, path: name, domain: 'demo', chunks: chunkOf(text) });

const text = fc.string({
  unit: fc.constantFrom(
    'a',
    'B',
    ' ',
    ',',
    '"',
    "'",
    'é',
    '名',
    '0',
    '-',
    '#',
    ':',
    '{',
    '&',
    '*',
    '!',
    '%',
    '@',
    '~',
    '$',
  ),
});
const name = fc.oneof(
  fc.constantFrom(
    'id',
    'order',
    'true',
    'null',
    '1990',
    'Cost: Total $',
    'size',
    'required',
    '- x',
    '?',
    '<<',
    'а',
    '__proto__',
  ),
  text.filter((value) => value !== ''),
);

describe('a drafted spec passes the check', () => {
  it('for documents with any names and values', async () => {
    const value = fc.oneof(
      text.map((value) => JSON.stringify(value)),
      fc.constantFrom(
        '1',
        '9007199254740993',
        '18446744073709551616',
        '1.5',
        'true',
        'null',
        '"2001-01-31"',
        '[1]',
        '[{"a b":1}]',
      ),
      fc.tuple(name, text).map(([key, inner]) => `{${JSON.stringify(key)}:${JSON.stringify(inner)}}`),
    );
    const names = fc.uniqueArray(name, { minLength: 1, maxLength: 5, selector: (of) => of.toLowerCase() });
    const lines = names.chain((of) =>
      fc.array(
        fc
          .tuple(...of.map(() => value))
          .map((values) => `{${of.map((n, i) => `${JSON.stringify(n)}:${values[i]}`).join(',')}}\n`),
        { minLength: 1, maxLength: 5 },
      ),
    );
    await fc.assert(
      fc.asyncProperty(lines, fc.constantFrom(1, 120), async (some, times) => {
        const found = await draft('t.ndjson', some.join('').repeat(times));
        const product = checked(found);
        expect(product?.datasets[0]?.key).toEqual(found.key);
        expect(product?.datasets[0]?.fields.map((field) => [field.name, field.type])).toEqual(
          found.fields.map((field) => [field.name, field.type]),
        );
      }),
      { numRuns: 150 },
    );
  });

  const folder = fileURLToPath(new URL('../data/', import.meta.resolve('vega-datasets')));
  const hasRecords = (file: string) =>
    /\.(csv|tsv|json)$/.test(file) && !['annual-precip.json'].includes(file);

  it.each(readdirSync(folder).filter(hasRecords))('for %s', async (file) => {
    const chunks = createReadStream(folder + file);
    const found = await draftFromBytes({ name: file, path: `data/${file}`, domain: 'demo', chunks });
    const product = checked(found);
    expect(product?.inputs[0]).toMatchObject({
      kind: 'external',
      from: 'file',
      options: { path: [`data/${file}`] },
    });
  });
});
