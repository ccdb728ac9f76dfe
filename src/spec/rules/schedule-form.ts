import { parseSchedule } from '../../base/schedule.ts';
import { followsForm } from '../grammar/text-forms.ts';
import { keyAt, textOf, valueAt } from '../source/node.ts';
import { AIRPORTS, keyedExample } from './example-mesh.ts';
import { formRule } from './form-rule.ts';
import type { Rule } from './rule.ts';

const derived = (every: string) =>
  keyedExample(
    `inputs: { a: airports.airports@1 }\ntransform: { sql: select iata as id from a, every: "${every}" }\n`,
    AIRPORTS,
  );

const form = formRule({
  code: 'SPEC_SCHEDULE',
  family: 'schedule',
  what: 'schedule',
  law: 'A schedule is a duration, if need be with the time of day, or a cron line of five fields that is due some time.',
  hint: 'Write 15m, 1d at 05:00Z, or five cron fields and a time zone.',
  bad: derived('daily at 5'),
  good: derived('1d at 05:00Z'),
});

export const scheduleForm: Rule = {
  ...form,
  check(mesh, report) {
    for (const { transform } of mesh.products) {
      const at = keyAt(transform?.node, 'every');
      const text = textOf(valueAt(transform?.node, 'every'));
      if (!at || text === undefined || !followsForm('schedule', text) || parseSchedule(text)) continue;
      report({
        at,
        message: `The schedule "${text}" is never due.`,
        expected: 'at least a second between two instants, fields within their bounds, and a known time zone',
        received: `"${text}"`,
      });
    }
  },
};
