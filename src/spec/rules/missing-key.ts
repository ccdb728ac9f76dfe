import { productExample } from './example-mesh.ts';
import type { Rule } from './rule.ts';

export const missingKey: Rule = {
  code: 'SPEC_MISSING_KEY',
  law: 'The keys that nothing can stand in for are written.',
  hint: 'Add the key.',
  bad: {
    'departures.product.yaml':
      'product: flights.departures\nowner: operations\npurpose: x\nkey: none\nfields: { id: string }\n',
  },
  good: productExample('key: none\nfields: { id: string }\n'),
  visit(node, shape, report) {
    if (node.kind !== 'map' || shape.kind !== 'map') return;
    for (const [name, key] of Object.entries(shape.keys)) {
      if (!key.required || node.entries.some((entry) => entry.key.text === name)) continue;
      report({
        at: node,
        message: `The key "${name}" is missing in ${shape.what}.`,
        expected: `"${name}": ${key.doc}`,
        received: 'nothing',
        hint: `Add "${name}: ...".`,
      });
    }
  },
};
