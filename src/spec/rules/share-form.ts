import { keyedExample } from './example-mesh.ts';
import { formRule } from './form-rule.ts';

export const shareForm = formRule({
  code: 'SPEC_SHARE',
  family: 'share',
  what: 'share',
  law: 'A share is written in per cent, from 0% to 100%.',
  hint: 'Write it with a percent sign.',
  bad: keyedExample('slo: { availability: 0.995 }\n'),
  good: keyedExample('slo: { availability: 99.5% }\n'),
});
