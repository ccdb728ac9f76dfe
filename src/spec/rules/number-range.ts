import { describeShape } from '../grammar/describe-shape.ts';
import { productExample } from './example-mesh.ts';
import type { Rule } from './rule.ts';

export const numberRange: Rule = {
  code: 'SPEC_NUMBER_RANGE',
  law: 'A number in a spec lies in the range that its key allows.',
  hint: 'Write a number in the expected range.',
  bad: productExample(
    'inputs:\n  source: { from: file, path: data.csv, batch: 0 }\nkey: none\nfields: { id: string }\n',
  ),
  good: productExample(
    'inputs:\n  source: { from: file, path: data.csv, batch: 50 }\nkey: none\nfields: { id: string }\n',
  ),
  visit(node, shape, report) {
    if ((shape.kind !== 'integer' && shape.kind !== 'number') || node.kind !== 'scalar') return;
    if (node.type !== 'integer' && node.type !== 'number') return;
    const value = Number(node.text);
    const safe = shape.kind !== 'integer' || Number.isSafeInteger(value);
    if (safe && value >= (shape.min ?? -Infinity) && value <= (shape.max ?? Infinity)) return;
    if (Number.isNaN(value)) return;
    const message = `The number ${node.text} is out of range.`;
    report({ at: node, message, expected: describeShape(shape), received: node.text });
  },
};
