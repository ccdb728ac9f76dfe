/**
 * What the fields themselves demand, as checks. Records are held to most of it on their way in; the state is looked at again because
 * contracts change while rows stay, and because reductions make values that no record had.
 */
import { type Dataset, type Field, keyFieldsOf } from '../schema/field.ts';
import { sqlName, sqlText, sqlType } from '../schema/sql-type.ts';
import type { Product } from '../spec/model.ts';
import type { CheckKind, PlannedCheck } from './planned-check.ts';
import { NONE } from './share.ts';

export function impliedChecks(product: Product): PlannedCheck[] {
  return product.datasets.flatMap((dataset) =>
    dataset.extra === 'ignore' ? [] : ofDataset(product, dataset),
  );
}

function ofDataset(product: Product, dataset: Dataset): PlannedCheck[] {
  const name = product.datasets.length > 1 ? `${dataset.name}.` : '';
  const base = { dataset, severity: 'error', on: 'state', declared: false, place: product.place } as const;
  const rowWise = (kind: CheckKind, field: Field, bad: string, doc: string): PlannedCheck => ({
    ...base,
    id: `${kind}:${name}${field.name}`,
    kind,
    doc,
    threshold: 'no row',
    measure: { of: 'rows', bad, allowed: NONE },
  });
  const checks = dataset.fields.flatMap((field) => [
    ...conditionsOf(field).map(({ kind, bad, doc }) => rowWise(kind, field, bad, doc)),
    ...(field.unique ? [uniqueCheck(base, `unique:${name}${field.name}`, [field])] : []),
  ]);
  const key = keyFieldsOf(dataset);
  return key.length > 0
    ? [uniqueCheck(base, `key:${name.replace('.', '') || 'rows'}`, key), ...checks]
    : checks;
}

function uniqueCheck(
  base: Pick<PlannedCheck, 'dataset' | 'severity' | 'on' | 'declared' | 'place'>,
  id: string,
  fields: readonly Field[],
): PlannedCheck {
  const names = fields.map((field) => field.name).join(', ');
  return {
    ...base,
    id,
    kind: 'unique',
    doc: `No two rows have the same ${fields.length > 4 ? 'values' : names}.`,
    threshold: 'no row',
    measure: { of: 'unique', fields, allowed: NONE },
  };
}

interface Condition {
  readonly kind: CheckKind;
  readonly bad: string;
  readonly doc: string;
}

function conditionsOf(field: Field): Condition[] {
  const name = sqlName(field.name);
  const found: Condition[] = [];
  if (field.required)
    found.push({ kind: 'required', bad: `${name} is null`, doc: `${field.name} is there.` });
  const bounds = boundsOf(field);
  if (bounds) found.push(bounds);
  if (field.enum) {
    const bad = `${name} not in (${field.enum.map((value) => literalSql(field, value)).join(', ')})`;
    found.push({ kind: 'allowed', bad, doc: `${field.name} is one of ${field.enum.join(', ')}.` });
  }
  if (field.pattern !== undefined && field.type === 'string')
    found.push({ kind: 'pattern', ...patternCondition(field, field.pattern) });
  const length = lengthOf(field);
  if (length) found.push(length);
  return found;
}

function boundsOf(field: Field): Condition | undefined {
  const name = sqlName(field.name);
  const terms = [
    ...(field.min === undefined ? [] : [`${name} < ${literalSql(field, field.min)}`]),
    ...(field.max === undefined ? [] : [`${name} > ${literalSql(field, field.max)}`]),
  ];
  if (terms.length === 0) return undefined;
  const doc = `${field.name} is ${boundsText(field.min, field.max)}.`;
  return { kind: 'bounds', bad: terms.join(' or '), doc };
}

function lengthOf(field: Field): Condition | undefined {
  if (!field.length || (field.type !== 'string' && field.type !== 'array')) return undefined;
  const size = field.type === 'array' ? `len(${sqlName(field.name)})` : `length(${sqlName(field.name)})`;
  const { min, max } = field.length;
  const terms = [
    ...(min === undefined ? [] : [`${size} < ${min}`]),
    ...(max === undefined ? [] : [`${size} > ${max}`]),
  ];
  if (terms.length === 0) return undefined;
  return {
    kind: 'length',
    bad: terms.join(' or '),
    doc: `${field.name} has ${boundsText(min, max)} ${field.type === 'array' ? 'items' : 'characters'}.`,
  };
}

/** The condition that a text does not match. Nulls neither match nor fail. */
export function patternCondition(field: Field, pattern: string): { bad: string; doc: string } {
  return {
    bad: `not regexp_matches(${sqlName(field.name)}, ${sqlText(pattern)})`,
    doc: `${field.name} matches ${pattern}.`,
  };
}

/** A value as it stands in a spec, as SQL of the field's type. */
export function literalSql(field: Field, value: string): string {
  return `cast(${sqlText(value)} as ${sqlType(field)})`;
}

/** `at least 1`, `from 1 to 10`. */
export function boundsText(min: string | number | undefined, max: string | number | undefined): string {
  if (min !== undefined && max !== undefined) return `from ${min} to ${max}`;
  return min === undefined ? `at most ${max}` : `at least ${min}`;
}
