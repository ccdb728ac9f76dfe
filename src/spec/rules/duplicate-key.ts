import { keyedExample } from './example-mesh.ts';
import type { Rule } from './rule.ts';

export const duplicateKey: Rule = {
  code: 'SPEC_DUPLICATE_KEY',
  law: 'A key is written once in a map; so are the names of fields, datasets and inputs.',
  hint: 'Keep one of the two.',
  reads: ['duplicate-key'],
  bad: keyedExample('tags: [daily]\ntags: [airports]\n'),
  good: keyedExample('tags: [daily, airports]\n'),
};
