/**
 * The quick check of a value that JSON.parse gave: true means that the value is valid and stands in its document as journal form
 * wants it. False means no more than that the exact check has to look.
 *
 * It must never be true where the exact check finds a reason, or another value: `slice-validator.test.ts` compares the two.
 */
import type { Field } from '../field.ts';
import { decimalText, parseNumber } from '../number-text.ts';
import { dateText, localTimestampText, timeText, utcTimestampText } from '../time-text.ts';
import { compileConstraints } from './constraints.ts';
import { isBase64 } from './scalar-value.ts';

export type QuickCheck = (value: unknown) => boolean;

/** Members of objects inside objects are counted as they are met, to find repeated names. */
export interface MemberCount {
  members: number;
}

export function compileQuick(field: Field, unknown: 'refuse' | 'ignore', count: MemberCount): QuickCheck {
  const constrained = hasConstraints(field) ? constraintCheck(field) : undefined;
  const typed = typeCheck(field, unknown, count);
  if (!constrained) return typed;
  return (value) => typed(value) && constrained(value);
}

function hasConstraints(field: Field): boolean {
  const { min, max, length, pattern, enum: members, format } = field;
  return [min, max, length, pattern, members, format].some((constraint) => constraint !== undefined);
}

/** Bounds on numbers are compared as numbers when a double holds them; everything else by the exact constraints. */
function constraintCheck(field: Field): QuickCheck {
  const { min, max } = field;
  const numeric = field.type === 'integer' || field.type === 'number';
  if (numeric && !field.enum && isSafe(min) && isSafe(max)) {
    const [low, high] = [
      min === undefined ? Number.NEGATIVE_INFINITY : Number(min),
      max === undefined ? Number.POSITIVE_INFINITY : Number(max),
    ];
    return (value) => (value as number) >= low && (value as number) <= high;
  }
  const check = compileConstraints(field);
  if (field.type === 'array') return (value) => check('', () => (value as unknown[]).length).length === 0;
  if (field.type !== 'string')
    return (value) => check(String(value), () => String(value).length).length === 0 && field.type !== 'bytes';
  return (value) => check(value as string, () => codePoints(value as string)).length === 0;
}

const SAFE_BOUND_LENGTH = 15;

function isSafe(bound: string | undefined): boolean {
  return bound === undefined || bound.length <= SAFE_BOUND_LENGTH;
}

function codePoints(text: string): number {
  let points = 0;
  for (const _ of text) points += 1;
  return points;
}

function typeCheck(field: Field, unknown: 'refuse' | 'ignore', count: MemberCount): QuickCheck {
  switch (field.type) {
    case 'string':
      return (value) => typeof value === 'string';
    case 'integer':
      return (value) => Number.isSafeInteger(value);
    case 'number':
      return (value) => typeof value === 'number';
    case 'boolean':
      return (value) => typeof value === 'boolean';
    case 'decimal':
      return (value) => typeof value === 'number' && isDecimal(field, value);
    case 'date':
      return (value) => typeof value === 'string' && dateText(value) === value;
    case 'time':
      return (value) => typeof value === 'string' && timeText(value) === value;
    case 'timestamp': {
      const canonical = field.zone === 'local' ? localTimestampText : utcTimestampText;
      return (value) => typeof value === 'string' && canonical(value) === value;
    }
    case 'bytes':
      return (value) => typeof value === 'string' && isBase64(value);
    case 'object':
      return objectCheck(field, unknown, count);
    case 'array':
      return arrayCheck(field, unknown, count);
    case 'json':
      return () => false;
  }
}

function isDecimal(field: Field, value: number): boolean {
  if (value !== 0 && Math.abs(value) < 1e-4) return false;
  const exact = parseNumber(String(value));
  return exact !== undefined && decimalText(exact, field.precision ?? 38, field.scale ?? 0) !== undefined;
}

function objectCheck(field: Field, unknown: 'refuse' | 'ignore', count: MemberCount): QuickCheck {
  const members = compileQuickMembers(field.fields ?? [], unknown, count);
  return (value) =>
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    members(value as Record<string, unknown>);
}

function arrayCheck(field: Field, unknown: 'refuse' | 'ignore', count: MemberCount): QuickCheck {
  const items = field.items;
  if (!items) return () => false;
  const check = compileQuick(items, unknown, count);
  return (value) =>
    Array.isArray(value) && value.every((item) => (item === null ? !items.required : check(item)));
}

/** The members of an object: known ones are valid and counted; unknown ones only where they are allowed. */
export function compileQuickMembers(
  fields: readonly Field[],
  unknown: 'refuse' | 'ignore',
  count: MemberCount,
  required: ReadonlySet<string> = new Set(),
): (object: Record<string, unknown>) => boolean {
  const checks = fields.map((field) => ({
    name: field.name,
    required: field.required === true || required.has(field.name) || field.default !== undefined,
    check: compileQuick(field, unknown, count),
  }));
  return (object) => {
    let known = 0;
    for (const { name, required: needed, check } of checks) {
      const value = object[name];
      if (value === undefined || value === null) {
        if (needed) return false;
        if (value === null) known += 1;
      } else {
        if (!check(value)) return false;
        known += 1;
      }
    }
    if (unknown === 'ignore') {
      count.members += countOthers(object, checks);
      count.members += known;
      return true;
    }
    count.members += known;
    for (const _ in object) known -= 1;
    return known === 0;
  };
}

function countOthers(object: Record<string, unknown>, checks: readonly { readonly name: string }[]): number {
  const known = new Set(checks.map((check) => check.name));
  let members = 0;
  for (const name in object) if (!known.has(name)) members += 1 + countMembers(object[name]);
  return members;
}

function countMembers(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  if (Array.isArray(value)) return value.reduce((sum: number, item) => sum + countMembers(item), 0);
  return Object.values(value).reduce((sum: number, member) => sum + 1 + countMembers(member), 0);
}
