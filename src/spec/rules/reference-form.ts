import { followsForm, TEXT_FORMS } from '../grammar/text-forms.ts';
import { textOf } from '../source/node.ts';
import { keyedExample, productExample } from './example-mesh.ts';
import type { Rule } from './rule.ts';

export const referenceForm: Rule = {
  code: 'SPEC_REFERENCE',
  law: 'Products are named as domain.name@major, fields as domain.name.field.',
  hint: 'Write the whole reference.',
  bad: productExample('inputs:\n  routes: flights.routes\nkey: none\nfields: { id: string }\n'),
  good: keyedExample(''),
  visit(node, shape, report) {
    if (shape.kind !== 'text' || shape.form === undefined) return;
    const form = TEXT_FORMS[shape.form];
    const text = textOf(node);
    if (form.family !== 'reference' || text === undefined || followsForm(shape.form, text)) return;
    const lacksMajor = shape.form === 'product' && followsForm('product', `${text}@1`);
    report({
      at: node,
      message: `The reference "${text}" is malformed.`,
      expected: form.expected,
      received: `"${text}"`,
      hint: lacksMajor ? `Add the major version: "${text}@1".` : '',
    });
  },
};
