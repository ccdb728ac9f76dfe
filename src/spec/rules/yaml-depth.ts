import { fieldExample } from './example-mesh.ts';
import type { Rule } from './rule.ts';

export const yamlDepth: Rule = {
  code: 'SPEC_YAML_DEPTH',
  law: 'A spec is nested at most 64 levels deep.',
  hint: 'Flatten it: no spec needs such a depth.',
  reads: ['depth'],
  bad: fieldExample(`{ type: string, enum: ${'['.repeat(70)}a${']'.repeat(70)} }`),
  good: fieldExample('{ type: string, enum: [a] }'),
};
