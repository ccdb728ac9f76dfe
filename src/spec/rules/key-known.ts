import { didYouMean } from '../../base/suggest.ts';
import { everyDataset } from '../draft/visit-draft.ts';
import { keyedExample, productExample } from './example-mesh.ts';
import type { Rule } from './rule.ts';

export const keyKnown: Rule = {
  code: 'SPEC_KEY_UNKNOWN',
  law: 'The key of a dataset names fields of that dataset.',
  hint: 'Add the field, or use "key: row" or "key: none".',
  bad: productExample('key: [id, date]\nfields:\n  id: string\n  day: date\n'),
  good: keyedExample(''),
  check(mesh, report) {
    for (const { dataset } of everyDataset(mesh)) {
      const known = dataset.fields.map((field) => field.name);
      if (known.length === 0) continue;
      for (const part of dataset.keyParts) {
        if (known.includes(part.text)) continue;
        report({
          at: part,
          message: `The key names "${part.text}", which is no field of the dataset "${dataset.name}".`,
          expected: `one of ${known.join(', ')}; or "row" or "none" alone`,
          received: `"${part.text}"`,
          hint: didYouMean(part.text, known),
        });
      }
    }
  },
};
