import { describeShape, hasKindOf } from '../grammar/describe-shape.ts';
import type { Shape } from '../grammar/shape.ts';
import { describeNode, isNull, type SpecNode } from '../source/node.ts';
import { keyedExample } from './example-mesh.ts';
import type { Rule } from './rule.ts';

export const wrongType: Rule = {
  code: 'SPEC_WRONG_TYPE',
  law: 'Every value has the kind that its key wants: a text, a number, true or false, a list or a map.',
  hint: 'Write the value as expected.',
  bad: keyedExample('gate: "no"\n'),
  good: keyedExample('gate: false\n'),
  visit(node, shape, report) {
    // A reference to a shape and a branch are visited again as what they stand for.
    if (shape.kind === 'ref' || hasKindOf(node, shape)) return;
    report({
      at: node,
      message: `The value here is ${describeNode(node)}, not ${describeShape(shape)}.`,
      expected: describeShape(shape),
      received: describeNode(node),
      hint: hintFor(node, shape),
    });
  },
};

function hintFor(node: SpecNode, shape: Shape): string {
  if (isNull(node)) return 'Write a value, or remove the key.';
  if (node.kind === 'scalar' && shape.kind === 'text') return `Put it in quotes: "${node.text}".`;
  if (node.kind === 'scalar' && shape.kind === 'boolean' && /^(yes|on|y)$/i.test(node.text))
    return 'Write true.';
  if (node.kind === 'scalar' && shape.kind === 'boolean' && /^(no|off|n)$/i.test(node.text))
    return 'Write false.';
  if (node.kind === 'scalar' && shape.kind === 'list') return `Write it as a list: [${node.text}].`;
  return '';
}
