import { didYouMean } from '../../base/suggest.ts';
import { SCALAR_TYPES } from '../../schema/field.ts';
import { parseType } from '../draft/type-text.ts';
import { followsForm, TEXT_FORMS } from '../grammar/text-forms.ts';
import { textOf } from '../source/node.ts';
import { fieldExample } from './example-mesh.ts';
import type { Rule } from './rule.ts';

export const DECIMAL_DIGITS_MAX = 38;

/** What other systems call our types. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  bigint: 'integer',
  bool: 'boolean',
  blob: 'bytes',
  binary: 'bytes',
  char: 'string',
  currency: 'decimal(18,2)',
  datetime: 'timestamp',
  decimal: 'decimal(18,2)',
  double: 'number',
  enum: 'string',
  float: 'number',
  int: 'integer',
  int32: 'integer',
  int64: 'integer',
  jsonb: 'json',
  list: 'array',
  long: 'integer',
  map: 'object',
  money: 'decimal(18,2)',
  numeric: 'decimal(18,2)',
  real: 'number',
  record: 'object',
  str: 'string',
  struct: 'object',
  text: 'string',
  timestamptz: 'timestamp',
  uuid: 'string',
  varchar: 'string',
};

export const fieldType: Rule = {
  code: 'SPEC_FIELD_TYPE',
  law: 'A field has one of the known types, or reuses a field; a decimal has 1 to 38 digits, the point among them.',
  hint: 'Write one of the known types.',
  bad: fieldExample('varchar'),
  good: fieldExample('string'),
  visit(node, shape, report) {
    if (shape.kind !== 'text' || shape.form === undefined) return;
    const form = TEXT_FORMS[shape.form];
    const text = textOf(node);
    if (form.family !== 'type' || text === undefined) return;
    if (!followsForm(shape.form, text)) {
      const hint = hintFor(text);
      report({
        at: node,
        message: `The type "${text}" is not known.`,
        expected: form.expected,
        received: `"${text}"`,
        hint,
      });
      return;
    }
    const { precision = 1, scale = 0 } = parseType(text) ?? {};
    if (precision >= 1 && precision <= DECIMAL_DIGITS_MAX && scale <= precision) return;
    report({
      at: node,
      message: `The type "${text}" is out of range.`,
      expected: `decimal(p,s) with p from 1 to ${DECIMAL_DIGITS_MAX} and s from 0 to p`,
      received: `"${text}"`,
    });
  },
};

function hintFor(text: string): string {
  const plain = text.toLowerCase().replace(/\(.*$/, '');
  const known = Object.hasOwn(ELSEWHERE, plain) ? ELSEWHERE[plain] : undefined;
  if (known) return `Here it is called "${known}".`;
  return didYouMean(text, [
    ...SCALAR_TYPES.filter((t) => t !== 'decimal'),
    'decimal(18,2)',
    'object',
    'array',
  ]);
}
