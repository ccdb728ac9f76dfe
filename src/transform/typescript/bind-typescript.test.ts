import { describe, expect, it } from 'vitest';
import { EVERYTHING_AVAILABLE } from '../../spec/availability.ts';
import { loadTexts } from '../../spec/load-texts.ts';
import { EXAMPLE_DECLARATIONS } from '../../spec/rules/example-mesh.ts';
import { bindTypescript } from './bind-typescript.ts';

const HEAD = 'version: 1.0.0\nowner: shop\npurpose: To be tested.\naccess: [{ allow: [anyone] }]\n';
const DERIVED = `product: shop.lines
${HEAD}inputs: { orders: shop.orders@1 }
transform: { typescript: lines.ts }
key: [id]
fields: { id: { type: integer, required: true }, name: string }
`;
const MAPPED = DERIVED.replace('orders: shop.orders@1', 'orders: { from: push, fields: { id: integer } }');
const ORDERS = `product: shop.orders\n${HEAD}inputs: { a: { from: push } }\nkey: [id]\nfields: { id: { type: integer, required: true }, tags: { type: array, items: string } }\n`;

async function problemsOf(source: string, spec = DERIVED): Promise<string[]> {
  const { mesh, diagnostics } = loadTexts(
    { 'lines.product.yaml': spec, 'orders.product.yaml': ORDERS, 'lines.ts': source },
    { declarations: EXAMPLE_DECLARATIONS, availability: EVERYTHING_AVAILABLE },
  );
  if (!mesh) throw new Error(JSON.stringify(diagnostics));
  const products = new Map(mesh.products.map((product) => [product.id, product]));
  const product = products.get('shop.lines@1');
  if (!product) throw new Error('no product');
  const found = await bindTypescript(product, products);
  return found.map(
    ({ code, message, place, hint }) =>
      `${code} ${place.file}:${place.line}:${place.column} ${message} ${hint ?? ''}`,
  );
}

describe('what wharf check says of TypeScript', () => {
  it.each([DERIVED, MAPPED])('is nothing when it is well', async (spec) => {
    const source = 'export default { orders: (order) => [{ id: order.id, name: String(order.tags) }] };';
    expect(await problemsOf(source, spec)).toEqual([]);
  });

  it.each([
    [
      'it does not parse',
      'export default {\n  orders(order { return []; },\n};',
      DERIVED,
      /^TRANSFORM_TYPESCRIPT lines.ts:2:16 Expected/,
    ],
    [
      'it imports a package',
      'import x from "lodash";\nexport default x;',
      DERIVED,
      /lines.ts:1:15 The transform imports "lodash".* import "defineTransform" alone/,
    ],
    [
      'it does not import what it calls',
      'export default defineTransform({});',
      DERIVED,
      /defineTransform is not defined Begin the file with: import { defineTransform } from 'wharf:shop.lines';/,
    ],
    [
      'it fails at once',
      'const x = 1;\nnull.x;\nexport default {};',
      DERIVED,
      /TRANSFORM_TYPESCRIPT lines.ts:2:1 Cannot read properties of null/,
    ],
    [
      'it needs the time at once',
      'const x = Date.now();\nexport default {};',
      DERIVED,
      /lines.ts:1:1 Date.now\(\) is not there in a transform/,
    ],
    [
      'a name is wrong',
      'export default { order: () => [] };',
      DERIVED,
      /has a function "order", and shop.lines has no input of that name. Did you mean "orders"\?/,
    ],
    [
      'a record needs chance',
      'export default {\n  orders: (order) => [{ id: order.id, name: String(Math.random()) }],\n};',
      DERIVED,
      /TRANSFORM_UNREPEATABLE lines.ts:1:1 .*Math.random\(\) is not there in a transform: .*lines.ts:2/,
    ],
    ['it has no function', 'export default {};', DERIVED, /has no function. Write one for an input: orders/],
    [
      'the source has no function',
      'export default {};',
      MAPPED,
      /has no function "orders" for the records of that input/,
    ],
    [
      'it counts',
      'let n = 0;\nexport default { orders: (order) => [{ id: order.id, name: String(n++) }] };',
      DERIVED,
      /TRANSFORM_UNREPEATABLE lines.ts:1:1 .* gives something else for the same record when it is run again: .*Keep nothing between records/,
    ],
  ])('tells that %s', async (_what, source, spec, message) => {
    expect(await problemsOf(source, spec)).toContainEqual(expect.stringMatching(message));
  });
});
