import type { ProductDraft } from '../draft/product-draft.ts';
import { productExample } from './example-mesh.ts';
import type { Report, Rule } from './rule.ts';

const body = (input: string) => `inputs:
  ${input}: { from: push }
datasets:
  orders: { key: [id], fields: { id: string } }
  lines: { key: [id, line], fields: { id: string, line: integer } }
`;

export const inputDataset: Rule = {
  code: 'SPEC_INPUT_DATASET',
  law: 'Without a transform, an input of a product with several datasets has the name of the one that it feeds.',
  hint: 'Name the input as the dataset, or write a transform.',
  bad: productExample(body('source')),
  good: productExample(body('orders')),
  check(mesh, report) {
    for (const product of mesh.products)
      if (product.datasets.length > 1 && !product.transform) checkInputs(product, report);
  },
};

function checkInputs(product: ProductDraft, report: Report): void {
  const names = product.datasets.map((dataset) => dataset.name);
  for (const input of product.inputs) {
    if (!input.from || names.includes(input.name)) continue;
    report({
      at: input.nameNode,
      message: `The input "${input.name}" does not say which of the datasets it feeds.`,
      expected: `the name of a dataset: ${names.join(', ')}`,
      received: `"${input.name}"`,
    });
  }
}
