import { typeText } from '../../schema/field.ts';
import { CONSTRAINT_TYPES } from '../draft/constraint-types.ts';
import { everyField } from '../draft/visit-draft.ts';
import { keyAt } from '../source/node.ts';
import { fieldExample } from './example-mesh.ts';
import type { Rule } from './rule.ts';

export const constraintFit: Rule = {
  code: 'SPEC_CONSTRAINT_MISFIT',
  law: 'A constraint fits the type of its field: bounds for what has an order, patterns for text, and so on.',
  hint: 'Remove the constraint, or change the type.',
  bad: fieldExample('{ type: string, min: 3 }'),
  good: fieldExample('{ type: string, length: { min: 3 } }'),
  check(mesh, report) {
    for (const draft of everyField(mesh)) {
      if (draft.node.kind !== 'map') continue;
      const type = draft.type?.type ?? mesh.resolver.resolve(draft)?.type;
      if (type === undefined) continue;
      for (const [constraint, types] of Object.entries(CONSTRAINT_TYPES)) {
        const key = keyAt(draft.node, constraint);
        if (!key || types.includes(type)) continue;
        const field = mesh.resolver.resolve(draft);
        const isBound = constraint === 'min' || constraint === 'max';
        report({
          at: key,
          message: `The constraint "${constraint}" does not fit the type ${field ? typeText(field) : type}.`,
          expected: `"${constraint}" with one of the types ${types.join(', ')}`,
          received: type,
          hint:
            isBound && CONSTRAINT_TYPES.length?.includes(type)
              ? 'Did you mean "length: { min: ..., max: ... }"?'
              : '',
        });
      }
    }
  },
};
