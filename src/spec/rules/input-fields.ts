import type { InputDraft } from '../draft/product-draft.ts';
import { keyAt } from '../source/node.ts';
import { keyedExample } from './example-mesh.ts';
import type { Report, Rule } from './rule.ts';

const body = 'inputs:\n  source: { from: push }\ntransform: { sql: select ID as id from source }\n';

export const inputFields: Rule = {
  code: 'SPEC_INPUT_FIELDS',
  law: 'An external input says the fields of its records exactly when a transform reads them.',
  hint: 'With a transform, add "fields" to the input; without one, the fields of the product are those of the source.',
  bad: keyedExample(body),
  good: keyedExample(body.replace('push }', 'push, fields: { ID: string } }')),
  check(mesh, report) {
    for (const product of mesh.products) {
      for (const input of product.inputs) checkInput(input, product.transform !== undefined, report);
      const key = keyAt(product.root, 'transform');
      if (key && product.inputs.length === 0 && !keyAt(product.root, 'inputs')) {
        const message = 'The product has a transform but no inputs.';
        report({ at: key, message, expected: 'at least one input', received: 'none', hint: 'Add "inputs".' });
      }
    }
  },
};

function checkInput(input: InputDraft, transformed: boolean, report: Report): void {
  if (!input.from) return;
  if (transformed && !input.fieldsNode) {
    report({
      at: input.nameNode,
      message: `The input "${input.name}" has no "fields", which the transform needs.`,
      expected: '"fields" with what a record of the source looks like',
      received: 'none',
    });
  }
  const written = keyAt(input.node, 'fields');
  if (!transformed && written) {
    report({
      at: written,
      message: `The input "${input.name}" has "fields", but no transform reads them.`,
      expected: 'no "fields", or a transform',
      received: '"fields"',
    });
  }
}
