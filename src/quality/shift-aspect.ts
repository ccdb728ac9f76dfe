/** What of a field's values a check on their distribution compares. */
import type { Field } from '../schema/field.ts';
import { literalSql } from './implied-checks.ts';
import type { ShiftAspect } from './planned-check.ts';
import { readShare } from './share.ts';

/** As the spec has it; at most one of both. */
export interface AspectWanted {
  readonly quantile?: string;
  readonly value?: unknown;
}

export function aspectOf(field: Field, { quantile, value }: AspectWanted): ShiftAspect {
  if (quantile !== undefined) return { kind: 'quantile', at: readShare(quantile) };
  if (value !== undefined)
    return { kind: 'share', literal: literalSql(field, String(value)), text: String(value) };
  return { kind: isNumeric(field) ? 'mean' : 'mix' };
}

export function isNumeric({ type }: Field): boolean {
  return type === 'integer' || type === 'number' || type === 'decimal';
}

/** As the beginning of a sentence that goes on with `of` and the field. */
export function aspectText(aspect: ShiftAspect): string {
  if (aspect.kind === 'mean') return 'The mean';
  if (aspect.kind === 'mix') return 'The mix of values';
  return aspect.kind === 'share' ? `The share of "${aspect.text}"` : `The ${aspect.at.text} quantile`;
}
