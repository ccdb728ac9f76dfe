import { keyedExample } from './example-mesh.ts';
import { formRule } from './form-rule.ts';

export const durationForm = formRule({
  code: 'SPEC_DURATION',
  family: 'duration',
  what: 'duration',
  law: 'A duration is a number and a unit: ms, s, m, h, d or w.',
  hint: 'Write a number and one of ms, s, m, h, d, w, without a space.',
  bad: keyedExample('slo: { freshness: 26 hours }\n'),
  good: keyedExample('slo: { freshness: 26h }\n'),
});
