import { keyedExample } from './example-mesh.ts';
import type { Rule } from './rule.ts';

const one = keyedExample('');
const text = one['departures.product.yaml'] ?? '';

export const duplicateProduct: Rule = {
  code: 'SPEC_DUPLICATE_PRODUCT',
  law: 'Each major version of a product is declared by one file.',
  hint: 'Remove one of the files, or give it another major version.',
  bad: { ...one, 'departures-new.product.yaml': text.replace('1.0.0', '1.1.0') },
  good: { ...one, 'departures-new.product.yaml': text.replace('1.0.0', '2.0.0') },
  check(mesh, report) {
    for (const product of mesh.products) {
      const first = product.id === undefined ? undefined : mesh.index.byId.get(product.id);
      if (first === undefined || first === product) continue;
      report({
        at: product.nameNode ?? product.root,
        message: `The product "${product.id}" is declared twice; the other file is "${first.file.path}".`,
        expected: `one file for major ${product.major} of "${product.name}"`,
        received: `"${first.file.path}" and "${product.file.path}"`,
      });
    }
  },
};
