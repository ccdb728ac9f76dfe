import { everyDataset } from '../draft/visit-draft.ts';
import { productExample } from './example-mesh.ts';
import type { Rule } from './rule.ts';

export const keyTwice: Rule = {
  code: 'SPEC_KEY_TWICE',
  law: 'A key names each of its fields once.',
  hint: 'Remove one of the two.',
  bad: productExample('key: [id, id]\nfields:\n  id: string\n'),
  good: productExample('key: [id]\nfields:\n  id: string\n'),
  check(mesh, report) {
    for (const { dataset } of everyDataset(mesh)) {
      dataset.keyParts.forEach((part, at) => {
        if (dataset.keyParts.findIndex((other) => other.text === part.text) === at) return;
        const message = `The key names the field "${part.text}" twice.`;
        report({ at: part, message, expected: 'each field once', received: `"${part.text}" again` });
      });
    }
  },
};
