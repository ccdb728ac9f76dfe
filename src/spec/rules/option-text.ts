import { describeShape } from '../grammar/describe-shape.ts';
import { textOf } from '../source/node.ts';
import { productExample } from './example-mesh.ts';
import type { Rule } from './rule.ts';

export const optionText: Rule = {
  code: 'SPEC_OPTION_TEXT',
  law: 'An option of a connector has the form that the connector declares.',
  hint: 'See the reference page of the connector.',
  bad: productExample('inputs:\n  source: { from: file, path: data.csv, every: often }\nkey: none\nfields: { id: string }\n'),
  good: productExample('inputs:\n  source: { from: file, path: data.csv, every: 5s }\nkey: none\nfields: { id: string }\n'),
  visit(node, shape, report) {
    const text = textOf(node);
    if (shape.kind !== 'text' || shape.pattern === undefined || text === undefined) return;
    if (new RegExp(shape.pattern).test(text)) return;
    const message = `The option's value "${text}" is malformed.`;
    const expected = shape.example === undefined ? `a text that matches ${shape.pattern}` : describeShape(shape);
    report({ at: node, message, expected, received: `"${text}"` });
  },
};
