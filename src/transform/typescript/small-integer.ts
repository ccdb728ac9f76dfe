import type { Field } from '../../schema/field.ts';

/**
 * Whether every value of an integer field is exact as a JavaScript number, which only its bounds can promise. Such fields are
 * `number` to a transform; all other integers are `bigint`.
 */
export function isSmallInteger({ min, max }: Field): boolean {
  return isSafe(min) && isSafe(max);
}

function isSafe(bound: string | undefined): boolean {
  return bound !== undefined && Number.isSafeInteger(Number(bound));
}
