import { everyField } from '../draft/visit-draft.ts';
import { keyAt } from '../source/node.ts';
import { fieldExample } from './example-mesh.ts';
import type { Rule } from './rule.ts';

/** The part that a type needs and others cannot have. */
const PARTS = { fields: 'object', items: 'array', zone: 'timestamp' } as const;

export const typeParts: Rule = {
  code: 'SPEC_TYPE_PARTS',
  law: 'An object says its fields and an array its items; only a timestamp has a zone.',
  hint: 'Add the part, or change the type.',
  bad: fieldExample('{ type: array }'),
  good: fieldExample('{ type: array, items: string }'),
  check(mesh, report) {
    for (const draft of everyField(mesh)) {
      const type = draft.type?.type;
      for (const [part, owner] of Object.entries(PARTS)) {
        const key = keyAt(draft.node, part);
        if (key && (draft.reuse || (type !== undefined && type !== owner))) {
          const received = draft.reuse ? `the reused field "${draft.reuse.node.text}"` : `the type ${type}`;
          const message = `The key "${part}" does not fit ${received}.`;
          report({ at: key, message, expected: `"${part}" with the type ${owner}`, received });
        }
        if (!key && type === owner && part !== 'zone') {
          const message = `The field "${draft.name}" is of the type ${type} but lacks "${part}".`;
          report({
            at: draft.typeNode ?? draft.nameNode,
            message,
            expected: `"${part}"`,
            received: 'nothing',
            hint: `Add "${part}".`,
          });
        }
      }
    }
  },
};
