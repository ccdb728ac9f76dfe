/** One comparison of a filter, checked against its column. */
import { didYouMean } from '../../base/suggest.ts';
import { type Field, typeText } from '../../schema/field.ts';
import type { Comparison, Filter } from '../../schema/rows-query.ts';
import { checkText } from '../../schema/text-form.ts';
import { quoted, type RequestProblems } from '../answer/request-problems.ts';
import type { RequestPlace } from './columns.ts';

/** What each operator can be applied to. */
const OPERATORS = {
  eq: 'equal',
  neq: 'equal',
  gt: 'ordered',
  gte: 'ordered',
  lt: 'ordered',
  lte: 'ordered',
  like: 'text',
  ilike: 'text',
  in: 'equal',
  is: 'any',
} as const satisfies Record<Comparison | 'in' | 'is', 'any' | 'equal' | 'ordered' | 'text'>;

export type Operator = keyof typeof OPERATORS;
export const OPERATOR_NAMES = Object.keys(OPERATORS) as readonly Operator[];

export interface Condition {
  readonly field: Field;
  readonly operator: Operator;
  /** One, but for `in`. */
  readonly values: readonly string[];
  readonly place: RequestPlace;
}

/** The operator of this name; otherwise undefined, and a problem. */
export function findOperator(
  name: string,
  place: RequestPlace,
  problems: RequestProblems,
): Operator | undefined {
  const operator = OPERATOR_NAMES.find((known) => known === name);
  if (operator) return operator;
  problems.add({
    code: 'OPERATOR_UNKNOWN',
    ...place,
    detail: `There is no operator ${quoted(name)}.`,
    hint:
      didYouMean(name, OPERATOR_NAMES) ||
      `There are: ${OPERATOR_NAMES.join(', ')}; "not." may stand before each.`,
  });
  return undefined;
}

/** True when values of the field have an order that means something. */
export function isOrdered(field: Field): boolean {
  return field.type !== 'json' && field.type !== 'object' && field.type !== 'array';
}

/** The filter that a condition means; undefined, and problems, when it does not fit its column. */
export function conditionFilter(condition: Condition, problems: RequestProblems): Filter | undefined {
  const { field, operator, values, place } = condition;
  if (!fits(field, operator)) {
    problems.add({
      code: 'OPERATOR_UNFIT',
      ...place,
      detail: `The operator "${operator}" cannot be applied to "${field.name}", which is ${typeText(field)}.`,
      hint: `It takes: ${OPERATOR_NAMES.filter((name) => fits(field, name)).join(', ')}.`,
    });
    return undefined;
  }
  if (operator === 'is') return isFilter(condition, problems);
  if (operator === 'in') {
    const texts = values.map((value) => checkedText(condition, value, problems));
    return texts.includes(undefined) ? undefined : inFilter(field, texts as readonly string[]);
  }
  const isPattern = operator === 'like' || operator === 'ilike';
  const text = checkedText(condition, values[0] ?? '', problems);
  if (text === undefined) return undefined;
  return { op: operator, field: field.name, value: isPattern ? text.replaceAll('*', '%') : text };
}

function fits(field: Field, operator: Operator): boolean {
  switch (OPERATORS[operator]) {
    case 'any':
      return true;
    case 'equal':
      return field.type !== 'json';
    case 'ordered':
      return isOrdered(field);
    case 'text':
      return field.type === 'string';
  }
}

/** Nothing is in an empty list, not even null. */
function inFilter(field: Field, values: readonly string[]): Filter {
  if (values.length > 0) return { op: 'in', field: field.name, values };
  const isNull: Filter = { op: 'is', field: field.name, value: 'null' };
  return { op: 'and', terms: [isNull, { op: 'not', term: isNull }] };
}

function isFilter({ field, values, place }: Condition, problems: RequestProblems): Filter | undefined {
  const value = values[0] ?? '';
  const isTruth = value === 'true' || value === 'false';
  if (value === 'null' || (isTruth && field.type === 'boolean'))
    return { op: 'is', field: field.name, value };
  const expected = field.type === 'boolean' ? 'null, true or false' : 'null';
  problems.add({
    code: 'VALUE_INVALID',
    ...place,
    detail: `The value ${quoted(value)} of "${field.name}" does not go with "is": expected ${expected}.`,
    hint: `Write is.null, or not.is.null.${isTruth ? ' Only boolean columns are true or false.' : ''}`,
  });
  return undefined;
}

function checkedText(
  { field, place }: Condition,
  value: string,
  problems: RequestProblems,
): string | undefined {
  const check = checkText(field, value);
  if (check.ok) return check.text;
  problems.add({
    code: 'VALUE_INVALID',
    ...place,
    detail: `The value ${quoted(value)} of "${field.name}" is not valid: expected ${check.expected}.`,
    ...valueHint(field, value),
  });
  return undefined;
}

/** A plus sign in a query means a space, which offsets run into. */
function valueHint(field: Field, value: string): { readonly hint?: string } {
  if (field.type === 'timestamp' && / \d\d:?\d\d$/.test(value))
    return { hint: 'Write the "+" of an offset as "%2B".' };
  return value === 'null' ? { hint: 'Write is.null to find rows without a value.' } : {};
}
