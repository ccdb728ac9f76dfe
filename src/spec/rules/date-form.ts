import { isRealDate } from '../exact/calendar.ts';
import { textOf } from '../source/node.ts';
import { keyedExample } from './example-mesh.ts';
import type { Rule } from './rule.ts';

export const dateForm: Rule = {
  code: 'SPEC_DATE',
  law: 'A date is a real day of the calendar, written year-month-day.',
  hint: 'Write it as 2027-01-31.',
  bad: keyedExample('access:\n  - { allow: [anyone], until: 2027-02-30 }\n'),
  good: keyedExample('access:\n  - { allow: [anyone], until: 2027-02-28 }\n'),
  visit(node, shape, report) {
    const text = textOf(node);
    if (shape.kind !== 'text' || shape.form !== 'date' || text === undefined || isRealDate(text)) return;
    const message = `The date "${text}" does not exist or is malformed.`;
    report({ at: node, message, expected: 'a date such as 2027-01-31', received: `"${text}"` });
  },
};
