import { productExample } from './example-mesh.ts';
import type { Rule } from './rule.ts';

export const yamlFeature: Rule = {
  code: 'SPEC_YAML_FEATURE',
  law: 'Specs are plain YAML: no anchors, aliases, merge keys, tags, directives or keys that are not texts.',
  hint: 'Write the value out.',
  reads: ['feature'],
  bad: productExample('key: [id]\nfields:\n  id: &text string\n  name: *text\n'),
  good: productExample('key: [id]\nfields:\n  id: string\n  name: string\n'),
};
