import { followsForm, TEXT_FORMS } from '../grammar/text-forms.ts';
import { textOf } from '../source/node.ts';
import { keyedExample } from './example-mesh.ts';
import { findLookAlike } from './look-alike.ts';
import type { Rule } from './rule.ts';

export const nameForm: Rule = {
  code: 'SPEC_NAME',
  law: 'Names are lower-case ASCII: a letter, then at most 62 letters, digits and "-" (in fields "_").',
  hint: 'Write it in lower case, with "-" between words (in fields "_").',
  bad: {
    'departures.product.yaml': (keyedExample('')['departures.product.yaml'] ?? '').replace('.dep', '.Dep'),
  },
  good: keyedExample(''),
  visit(node, shape, report) {
    if (shape.kind !== 'text' || shape.form === undefined || node.kind !== 'scalar') return;
    const form = TEXT_FORMS[shape.form];
    const text = textOf(node);
    // A key may be any scalar: `on`, `1` and null are names that somebody tried to give.
    const name = text ?? node.text;
    if (form.family !== 'name' || followsForm(shape.form, name)) return;
    const alike = findLookAlike(name);
    report({
      at: node,
      message: alike
        ? `The name "${name}" contains "${alike.found}" (${alike.codePoint}), which only looks like the letter "${alike.latin}".`
        : `The name "${name}" is not allowed.`,
      expected: form.expected,
      received: `"${name}"`,
      hint: suggestName(name, shape.form),
    });
  },
};

/** A name near the given one that is allowed; empty when there is none. */
function suggestName(name: string, form: keyof typeof TEXT_FORMS): string {
  const join = form === 'field-name' ? '_' : '-';
  const part = (text: string) =>
    text
      .normalize('NFKD')
      .replaceAll(/(\p{Ll})(\p{Lu})/gu, `$1${join}$2`)
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, join)
      .replaceAll(/^[^a-z]+|[-_]+$/g, '')
      .slice(0, 63);
  const proposed = form === 'product-name' ? name.split('.').map(part).join('.') : part(name);
  return followsForm(form, proposed) ? `Write "${proposed}".` : '';
}
