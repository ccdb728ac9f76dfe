import { keyAt } from '../source/node.ts';
import { keyedExample, productExample } from './example-mesh.ts';
import type { Rule } from './rule.ts';

export const datasetParts: Rule = {
  code: 'SPEC_DATASET_PARTS',
  law: 'A product has either key and fields of its own, or a map of datasets.',
  hint: 'Add the missing part; "key: row" makes the whole record the key, "key: none" keeps every record.',
  bad: productExample('fields:\n  id: string\n'),
  good: keyedExample(''),
  check(mesh, report) {
    for (const { root, name } of mesh.products) {
      const [fields, key, datasets] = [keyAt(root, 'fields'), keyAt(root, 'key'), keyAt(root, 'datasets')];
      const both = datasets && (fields ?? key);
      if (both) {
        const message = `The key "${both.text}" stands beside "datasets", which has fields and keys of its own.`;
        report({
          at: both,
          message,
          expected: '"key" and "fields", or "datasets"',
          received: 'both',
          hint: 'Move it into a dataset.',
        });
      }
      if (datasets || (fields && key)) continue;
      const missing = fields ? 'key' : 'fields';
      report({
        at: fields ?? key ?? root,
        message: `The product "${name ?? ''}" lacks "${missing}".`,
        expected: '"key" and "fields", or "datasets"',
        received: fields ? '"fields" alone' : key ? '"key" alone' : 'neither',
        ...(missing === 'fields' ? { hint: 'Add "fields:" with at least one field.' } : {}),
      });
    }
  },
};
