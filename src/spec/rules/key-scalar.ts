import { typeText } from '../../schema/field.ts';
import { everyDataset } from '../draft/visit-draft.ts';
import { productExample } from './example-mesh.ts';
import type { Rule } from './rule.ts';

const COMPOSED: ReadonlySet<string> = new Set(['object', 'array', 'json']);

export const keyScalar: Rule = {
  code: 'SPEC_KEY_NOT_SCALAR',
  law: 'The fields of a key hold single values: no objects, arrays or JSON.',
  hint: 'Choose another field, or use "key: row".',
  bad: productExample('key: [tags]\nfields:\n  tags: { type: array, items: string }\n'),
  good: productExample('key: row\nfields:\n  tags: { type: array, items: string }\n'),
  check(mesh, report) {
    for (const { dataset } of everyDataset(mesh)) {
      for (const part of dataset.keyParts) {
        const draft = dataset.fields.find((field) => field.name === part.text);
        const field = draft && mesh.resolver.resolve(draft);
        if (!field || !COMPOSED.has(field.type)) continue;
        report({
          at: part,
          message: `The key field "${part.text}" is of the type ${typeText(field)}, which cannot identify a row.`,
          expected: 'a field of a scalar type',
          received: typeText(field),
        });
      }
    }
  },
};
