import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import ts from 'typescript';
import { afterAll, describe, expect, it } from 'vitest';
import { EVERYTHING_AVAILABLE } from '../../spec/availability.ts';
import { loadTexts } from '../../spec/load-texts.ts';
import { EXAMPLE_DECLARATIONS } from '../../spec/rules/example-mesh.ts';
import { typeDeclarations } from './type-declarations.ts';

const HEAD = 'version: 1.0.0\nowner: shop\npurpose: To be tested.\naccess: [{ allow: [anyone] }]\n';
const ORDERS = `product: shop.orders
${HEAD}inputs: { a: { from: push } }
key: [id]
fields:
  id: { type: integer, required: true }
  count: { type: integer, min: 0, max: 100, required: true, doc: "Ends a comment: */" }
  price: { type: "decimal(12,2)", required: true }
  state: { type: string, enum: [new, paid], required: true }
  payload: json
  tags: { type: array, items: string }
  place: { type: object, fields: { x: number } }
`;
const LINES = `product: shop.lines
${HEAD}inputs: { orders: shop.orders@1, "my-orders": shop.orders@1 }
transform: { typescript: lines.ts }
key: [id]
fields: { id: { type: integer, required: true }, price: "decimal(12,2)", payload: json }
`;

const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

/** What the TypeScript compiler says of a transform's body. */
async function compile(body: string): Promise<string[]> {
  const source = `import { defineTransform } from 'wharf:shop.lines';\nexport default defineTransform({ orders(order, { lookup }) { ${body} } });\n`;
  const texts = { 'orders.product.yaml': ORDERS, 'lines.product.yaml': LINES, 'lines.ts': source };
  const options = { declarations: EXAMPLE_DECLARATIONS, availability: EVERYTHING_AVAILABLE };
  const { mesh, diagnostics } = loadTexts(texts, options);
  if (!mesh) throw new Error(JSON.stringify(diagnostics));
  const folder = await mkdtemp(path.join(os.tmpdir(), 'wharf-types-'));
  folders.push(folder);
  const files = [path.join(folder, 'wharf.d.ts'), path.join(folder, 'lines.ts')] as const;
  await writeFile(files[0], typeDeclarations(mesh.products));
  await writeFile(files[1], source);
  const program = ts.createProgram([...files], {
    strict: true,
    noEmit: true,
    target: ts.ScriptTarget.ES2023,
    lib: ['lib.es2023.d.ts'],
    types: [],
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
  });
  return ts
    .getPreEmitDiagnostics(program)
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '));
}

describe('the types of a transform', () => {
  it('fit what it is handed and may give', async () => {
    const body = `const other = lookup['my-orders']({ id: 5 });
      const state: 'new' | 'paid' = order.state;
      const sum: bigint = order.id + BigInt(order.count * 2) + BigInt(state.length);
      return [{ id: sum, price: order.price, payload: order.payload ?? other?.payload }, { id: 1, price: null }];`;
    expect(await compile(body)).toEqual([]);
  });

  it.each([
    ['reckons with an integer as if it were exact', 'return [{ id: order.id * 2 }];', /bigint/],
    ['reckons with a decimal', 'return [{ id: order.id, price: order.price * 2 }];', /arithmetic operation/],
    [
      'gives a decimal as a number',
      'return [{ id: order.id, price: 12.5 }];',
      /'number' is not assignable to type 'string/,
    ],
    ['forgets what is required', 'return [{ price: "1.00" }];', /'id' is missing/],
    [
      'takes what may be absent as there',
      'return [{ id: order.id, price: order.tags[0] }];',
      /possibly 'null'/,
    ],
    ['misspells a member', 'return [{ id: order.idd }];', /'idd' does not exist/],
    ['looks up what there is not', 'return [{ id: lookup.customers({}).id }];', /'customers' does not exist/],
    ['asks for the time of the browser', 'return [{ id: fetch("x") }];', /Cannot find name 'fetch'/],
  ])('stop a transform that %s', async (_what, body, message) => {
    expect((await compile(body)).join('\n')).toMatch(message);
  });
});
