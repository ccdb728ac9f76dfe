import { CONSTRAINT_TYPES } from '../draft/constraint-types.ts';
import { everyField } from '../draft/visit-draft.ts';
import { describeValues, quoteValue, readFieldValue } from '../exact/field-value.ts';
import { describeNode, itemsOf, type SpecNode, textOf, valueAt } from '../source/node.ts';
import { fieldExample } from './example-mesh.ts';
import type { Rule } from './rule.ts';

const KEYS = ['min', 'max', 'default', 'enum'] as const;

export const valueType: Rule = {
  code: 'SPEC_VALUE_TYPE',
  law: 'Bounds, defaults and members of an enum are values of the type of their field.',
  hint: 'Write a value of that type.',
  bad: fieldExample('{ type: integer, min: 0.5 }'),
  good: fieldExample('{ type: integer, min: 1 }'),
  check(mesh, report) {
    for (const draft of everyField(mesh)) {
      if (draft.node.kind !== 'map') continue;
      const field = mesh.resolver.resolve(draft);
      if (!field) continue;
      for (const key of KEYS) {
        // A constraint that does not fit the type at all is another rule's business.
        if (!CONSTRAINT_TYPES[key]?.includes(field.type)) continue;
        for (const node of itemsOf(valueAt(draft.node, key))) {
          const text = textOf(node);
          if (text === undefined) continue;
          const unquoted = field.type === 'string' && isUnquoted(node);
          if (!unquoted && readFieldValue(field, text) !== undefined) continue;
          report({
            at: node,
            message: `The value ${quoteValue(text)} in "${key}" is not ${describeValues(field)}.`,
            expected: describeValues(field),
            received: describeNode(node),
            hint: unquoted ? `Put it in quotes: "${text}".` : '',
          });
        }
      }
    }
  },
};

function isUnquoted(node: SpecNode): boolean {
  return node.kind === 'scalar' && node.type !== 'text';
}
