import { keyedExample } from './example-mesh.ts';
import { formRule } from './form-rule.ts';

export const principalForm = formRule({
  code: 'SPEC_PRINCIPAL',
  family: 'principal',
  what: 'principal',
  law: 'A principal is "anyone", or a kind and a name such as team:planning.',
  hint: 'Write the kind before the name: team:, user:, service:, product: or delivery:.',
  bad: keyedExample('access:\n  - allow: [planning]\n'),
  good: keyedExample('access:\n  - allow: [anyone]\n'),
});
