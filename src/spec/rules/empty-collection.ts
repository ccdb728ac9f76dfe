import { fieldExample } from './example-mesh.ts';
import type { Rule } from './rule.ts';

export const emptyCollection: Rule = {
  code: 'SPEC_EMPTY',
  law: 'Lists and maps that would mean nothing when empty are not empty.',
  hint: 'Add an entry, or remove the key.',
  bad: fieldExample('{ type: string, enum: [] }'),
  good: fieldExample('{ type: string, enum: [DFW, ORD] }'),
  visit(node, shape, report) {
    if (
      shape.kind === 'list' &&
      shape.empty === 'refused' &&
      node.kind === 'list' &&
      node.items.length === 0
    ) {
      report({ at: node, message: 'The list is empty.', expected: 'at least one item', received: '[]' });
    }
    if (
      shape.kind === 'entries' &&
      shape.empty === 'refused' &&
      node.kind === 'map' &&
      node.entries.length === 0
    ) {
      const message = `The map of ${shape.what} is empty.`;
      report({ at: node, message, expected: 'at least one entry', received: '{}' });
    }
  },
};
