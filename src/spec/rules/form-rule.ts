import { type FormFamily, followsForm, TEXT_FORMS } from '../grammar/text-forms.ts';
import { textOf } from '../source/node.ts';
import type { Rule } from './rule.ts';

/** What differs between the rules on the forms of texts. */
export interface FormRule {
  readonly code: string;
  readonly family: FormFamily;
  /** What such a text is called: `duration`. */
  readonly what: string;
  readonly law: string;
  readonly hint: string;
  readonly bad: Rule['bad'];
  readonly good: Rule['good'];
}

/** A rule that refuses every text which does not follow its form. */
export function formRule(declared: FormRule): Rule {
  const { family, what, ...rule } = declared;
  return {
    ...rule,
    visit(node, shape, report) {
      if (shape.kind !== 'text' || shape.form === undefined) return;
      const form = TEXT_FORMS[shape.form];
      const text = textOf(node);
      if (form.family !== family || text === undefined || followsForm(shape.form, text)) return;
      report({
        at: node,
        message: `The ${what} "${text}" is malformed.`,
        expected: form.expected,
        received: `"${text}"`,
      });
    },
  };
}
