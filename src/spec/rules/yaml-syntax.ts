import { keyedExample, productExample } from './example-mesh.ts';
import type { Rule } from './rule.ts';

export const yamlSyntax: Rule = {
  code: 'SPEC_YAML_SYNTAX',
  law: 'A spec file is exactly one YAML 1.2 document.',
  hint: 'Check indentation, colons and quotes on this line and the line before.',
  reads: ['syntax'],
  bad: productExample('key: [id\nfields:\n  id: string\n'),
  good: keyedExample(''),
};
