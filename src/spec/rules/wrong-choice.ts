import { didYouMean } from '../../base/suggest.ts';
import { textOf } from '../source/node.ts';
import { keyedExample } from './example-mesh.ts';
import type { Rule } from './rule.ts';

export const wrongChoice: Rule = {
  code: 'SPEC_WRONG_CHOICE',
  law: 'Where only a few words are known (status, tier, reduce, format, ...), the value is one of them.',
  hint: 'Write one of the expected words.',
  bad: keyedExample('status: actve\n'),
  good: keyedExample('status: active\n'),
  visit(node, shape, report) {
    const text = textOf(node);
    if (shape.kind !== 'choice' || text === undefined || shape.values.includes(text)) return;
    report({
      at: node,
      message: `The ${shape.what} "${text}" is not known.`,
      expected: `one of ${shape.values.join(', ')}`,
      received: `"${text}"`,
      hint: didYouMean(text, shape.values),
    });
  },
};
