/** The constraints of a field on a value's canonical text: one compiled check, which gives the reasons. */
import { isIPv6 } from 'node:net';
import { RE2JS } from 're2js';
import type { Field, StringFormat } from '../field.ts';
import { compareNumbers, parseNumber } from '../number-text.ts';
import type { ReasonCode } from '../reasons.ts';
import { checkText } from '../text-form.ts';

export interface Problem {
  readonly code: ReasonCode;
  readonly message: string;
}

/** Gives the problems of a value of the right type; `text` is its canonical text, `length` what `length` counts. */
export type ConstraintCheck = (text: string, length: () => number) => readonly Problem[];

const QUOTED_MAX = 60;

/** A value in a message, shortened. */
export function quoted(text: string): string {
  // The cut may halve a surrogate pair.
  return text.length > QUOTED_MAX ? `"${text.slice(0, QUOTED_MAX).toWellFormed()}..."` : `"${text}"`;
}

const NONE: readonly Problem[] = [];

export function compileConstraints(field: Field): ConstraintCheck {
  const checks = [bounds(field), lengths(field), pattern(field), members(field), format(field)].filter(
    (c) => c !== undefined,
  );
  if (checks.length === 0) return () => NONE;
  return (text, length) => {
    let problems: Problem[] | undefined;
    for (const check of checks) {
      const problem = check(text, length);
      if (problem) problems = [...(problems ?? []), problem];
    }
    return problems ?? NONE;
  };
}

type SingleCheck = (text: string, length: () => number) => Problem | undefined;

function bounds(field: Field): SingleCheck | undefined {
  const { min, max } = field;
  if (min === undefined && max === undefined) return undefined;
  const compare = comparison(field);
  return (text) => {
    if (min !== undefined && compare(text, min) < 0)
      return { code: 'BELOW_MIN', message: `${quoted(text)} is less than the least value allowed, ${min}.` };
    if (max !== undefined && compare(text, max) > 0)
      return {
        code: 'ABOVE_MAX',
        message: `${quoted(text)} is more than the largest value allowed, ${max}.`,
      };
    return undefined;
  };
}

/** Numbers by value; dates and times by their text, which sorts as they do. */
function comparison(field: Field): (a: string, b: string) => number {
  if (field.type === 'integer' || field.type === 'number' || field.type === 'decimal') {
    return (a, b) => {
      const [x, y] = [parseNumber(a), parseNumber(b)];
      return x && y ? compareNumbers(x, y) : 0;
    };
  }
  const canonical = new Map<string, string>();
  const canonicalOf = (bound: string) => {
    const known = canonical.get(bound);
    if (known !== undefined) return known;
    const checked = checkText(field, bound);
    const text = checked.ok ? checked.text : bound;
    canonical.set(bound, text);
    return text;
  };
  return (a, bound) => compareText(a.replace('Z', ''), canonicalOf(bound).replace('Z', ''));
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function lengths(field: Field): SingleCheck | undefined {
  const { length } = field;
  if (!length) return undefined;
  const unit = field.type === 'array' ? 'items' : field.type === 'bytes' ? 'bytes' : 'characters';
  return (_text, count) => {
    const found = count();
    if (length.min !== undefined && found < length.min)
      return { code: 'TOO_SHORT', message: `It has ${found} ${unit}; at least ${length.min} are required.` };
    if (length.max !== undefined && found > length.max)
      return { code: 'TOO_LONG', message: `It has ${found} ${unit}; at most ${length.max} are allowed.` };
    return undefined;
  };
}

function pattern(field: Field): SingleCheck | undefined {
  if (field.pattern === undefined) return undefined;
  const source = field.pattern;
  const compiled = RE2JS.compile(source);
  return (text) =>
    compiled.matcher(text).find()
      ? undefined
      : { code: 'PATTERN_MISMATCH', message: `${quoted(text)} does not match the pattern ${source}.` };
}

const ENUM_SHOWN_MAX = 12;

function members(field: Field): SingleCheck | undefined {
  if (!field.enum) return undefined;
  const known = new Set(
    field.enum.map((member) => {
      const checked = checkText(field, member);
      return checked.ok ? checked.text : member;
    }),
  );
  const shown = field.enum
    .slice(0, ENUM_SHOWN_MAX)
    .map((m) => `"${m}"`)
    .join(', ');
  const more = field.enum.length > ENUM_SHOWN_MAX ? ` and ${field.enum.length - ENUM_SHOWN_MAX} more` : '';
  return (text) =>
    known.has(text)
      ? undefined
      : { code: 'NOT_IN_ENUM', message: `${quoted(text)} is none of ${shown}${more}.` };
}

/** Linear-time tests; what they leave open is refused. */
export const FORMATS: Readonly<Record<StringFormat, RegExp>> = {
  email: /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?$/,
  uri: /^[A-Za-z][A-Za-z0-9+.-]*:[^\s<>"{}|\\^`]+$/,
  uuid: /^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$/,
  hostname:
    /^(?=.{1,253}$)[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$/,
  ipv4: /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)\.){3}(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)$/,
  ipv6: /^[0-9a-fA-F:.]{2,45}$/,
};

function format(field: Field): SingleCheck | undefined {
  if (!field.format) return undefined;
  const { format: name } = field;
  return (text) =>
    hasFormat(name, text)
      ? undefined
      : { code: 'FORMAT_MISMATCH', message: `${quoted(text)} is not of the format ${name}.` };
}

export function hasFormat(name: StringFormat, text: string): boolean {
  return name === 'ipv6' ? isIPv6(text) : FORMATS[name].test(text);
}
