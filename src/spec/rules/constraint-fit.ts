import { type FieldTypeName, typeText } from '../../schema/field.ts';
import { everyField } from '../draft/visit-draft.ts';
import { keyAt } from '../source/node.ts';
import { fieldExample } from './example-mesh.ts';
import type { Rule } from './rule.ts';

const ORDERED = ['integer', 'number', 'decimal', 'date', 'time', 'timestamp'] as const;
const SCALARS = [...ORDERED, 'string', 'boolean', 'bytes'] as const;

/** The types that each constraint makes sense for. */
const FITS: Readonly<Record<string, readonly FieldTypeName[]>> = {
  min: ORDERED,
  max: ORDERED,
  length: ['string', 'bytes', 'array'],
  pattern: ['string'],
  format: ['string'],
  enum: [...ORDERED, 'string'],
  unique: SCALARS,
  default: [...SCALARS, 'json'],
};

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
      for (const [constraint, types] of Object.entries(FITS)) {
        const key = keyAt(draft.node, constraint);
        if (!key || types.includes(type)) continue;
        const field = mesh.resolver.resolve(draft);
        const isBound = constraint === 'min' || constraint === 'max';
        report({
          at: key,
          message: `The constraint "${constraint}" does not fit the type ${field ? typeText(field) : type}.`,
          expected: `"${constraint}" with one of the types ${types.join(', ')}`,
          received: type,
          hint: isBound && FITS.length?.includes(type) ? 'Did you mean "length: { min: ..., max: ... }"?' : '',
        });
      }
    }
  },
};
