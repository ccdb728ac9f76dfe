import { didYouMean } from '../../base/suggest.ts';
import type { MeshDraft } from '../draft/mesh-draft.ts';
import type { InputDraft } from '../draft/product-draft.ts';
import { AIRPORTS, keyedExample } from './example-mesh.ts';
import type { Report, Rule } from './rule.ts';

export const unknownProduct: Rule = {
  code: 'SPEC_UNKNOWN_PRODUCT',
  law: 'A product that is read exists in the mesh, in that major version.',
  hint: 'Declare the product, or correct the reference.',
  bad: keyedExample('inputs:\n  airports: airports.airprots@1\n', AIRPORTS),
  good: keyedExample('inputs:\n  airports: airports.airports@1\n', AIRPORTS),
  check(mesh, report) {
    for (const product of mesh.products) for (const input of product.inputs) checkInput(mesh, input, report);
  },
};

function checkInput(mesh: MeshDraft, input: InputDraft, report: Report): void {
  if (!input.product) return;
  const { node, reference } = input.product;
  if (mesh.index.byId.has(reference.id) || mesh.index.unread.has(reference.product)) return;
  const majors = mesh.index.byName.get(reference.product);
  const known = majors
    ? majors.flatMap((p) => (p.id === undefined ? [] : [p.id]))
    : [...mesh.index.byId.keys()];
  // A product whose version is malformed is there; its own file says what is wrong.
  if (majors && known.length === 0) return;
  report({
    at: node,
    message: majors
      ? `The product "${reference.product}" has no major version ${reference.major}.`
      : `The product "${reference.product}" is not known.`,
    expected: majors ? `one of ${known.join(', ')}` : 'a product of this mesh',
    received: `"${reference.id}"`,
    hint: didYouMean(reference.id, known),
  });
}
