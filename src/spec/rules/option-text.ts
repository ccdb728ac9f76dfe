import type { TextShape } from '../grammar/shape.ts';
import { textOf } from '../source/node.ts';
import { productExample } from './example-mesh.ts';
import type { Rule } from './rule.ts';

export const optionText: Rule = {
  code: 'SPEC_OPTION_TEXT',
  law: 'An option of a connector has the form that the connector declares.',
  hint: 'See the reference page of the connector.',
  bad: productExample(
    'inputs:\n  source: { from: file, path: data.csv, every: often }\nkey: none\nfields: { id: string }\n',
  ),
  good: productExample(
    'inputs:\n  source: { from: file, path: data.csv, every: 5s }\nkey: none\nfields: { id: string }\n',
  ),
  visit(node, shape, report) {
    const text = textOf(node);
    if (shape.kind !== 'text' || text === undefined) return;
    const length = [...text].length;
    const fits = length >= (shape.lengthMin ?? 0) && length <= (shape.lengthMax ?? Infinity);
    if (fits && (shape.pattern === undefined || new RegExp(shape.pattern).test(text))) return;
    const message = `The option's value "${text}" is malformed.`;
    report({ at: node, message, expected: describeOption(shape), received: `"${text}"` });
  },
};

function describeOption(shape: TextShape): string {
  if (shape.lengthMax !== undefined && shape.pattern === undefined) {
    return `a text of ${shape.lengthMin ?? 0} to ${shape.lengthMax} characters`;
  }
  return shape.example === undefined
    ? `a text that matches ${shape.pattern}`
    : `a text such as ${shape.example}`;
}
