import { keyedExample } from './example-mesh.ts';
import type { Rule } from './rule.ts';

export const specFile: Rule = {
  code: 'SPEC_FILE',
  law: 'Spec files are UTF-8, at most 1 MB, end in ".yaml", and lie in the mesh folder, links followed.',
  hint: 'Check that it is a file and may be read.',
  reads: ['unreadable', 'too-large', 'not-utf8', 'link-outside', 'wrong-suffix', 'too-many', 'too-deep'],
  bad: { 'departures.product.yml': keyedExample('')['departures.product.yaml'] ?? '' },
  good: keyedExample(''),
};
