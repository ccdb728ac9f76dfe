import { RE2JS } from 're2js';
import type { Field } from '../../schema/field.ts';
import type { MeshDraft } from '../draft/mesh-draft.ts';
import type { FieldDraft } from '../draft/product-draft.ts';
import { everyField } from '../draft/visit-draft.ts';
import {
  compareValues,
  type FieldValue,
  quoteValue,
  readFieldValue,
  sameValue,
} from '../exact/field-value.ts';
import { itemsOf, type SpecNode, textOf, valueAt } from '../source/node.ts';
import { fieldExample } from './example-mesh.ts';
import type { Report, Rule } from './rule.ts';

export const valueAllowed: Rule = {
  code: 'SPEC_VALUE_NOT_ALLOWED',
  law: 'A default and the members of an enum keep the other constraints of their field; members occur once.',
  hint: 'Correct the value, or the constraint.',
  bad: fieldExample('{ type: integer, min: 1, default: 0 }'),
  good: fieldExample('{ type: integer, min: 1, default: 1 }'),
  check(mesh, report) {
    for (const draft of everyField(mesh)) if (draft.node.kind === 'map') checkField(mesh, draft, report);
  },
};

function checkField(mesh: MeshDraft, draft: FieldDraft, report: Report): void {
  const written = valueAt(draft.node, 'default');
  const listed = itemsOf(valueAt(draft.node, 'enum'));
  if (!written && listed.length === 0) return;
  const field = mesh.resolver.resolve(draft);
  if (!field) return;
  const members: FieldValue[] = [];
  for (const node of listed) {
    const value = writtenValue(field, node);
    if (!value) continue;
    const broken = members.some((other) => sameValue(other, value))
      ? 'the rule that members occur once'
      : brokenBy(field, value);
    members.push(value);
    if (broken) complain(node, 'member of the enum', broken, report);
  }
  const value = written && writtenValue(field, written);
  if (!written || !value) return;
  const allowed = (field.enum ?? [])
    .map((text) => readFieldValue(field, text))
    .filter((v) => v !== undefined);
  const outside = allowed.length > 0 && !allowed.some((member) => sameValue(member, value));
  const broken = outside ? `enum [${field.enum?.join(', ')}]` : brokenBy(field, value);
  if (broken) complain(written, 'default', broken, report);
}

function writtenValue(field: Field, node: SpecNode): FieldValue | undefined {
  const text = textOf(node);
  return text === undefined ? undefined : readFieldValue(field, text);
}

/** The constraint that a value breaks, as it is written. */
function brokenBy(field: Field, value: FieldValue): string | undefined {
  const min = field.min === undefined ? undefined : readFieldValue(field, field.min);
  if (min && (compareValues(value, min) ?? 0) < 0) return `min ${field.min}`;
  const max = field.max === undefined ? undefined : readFieldValue(field, field.max);
  if (max && (compareValues(value, max) ?? 0) > 0) return `max ${field.max}`;
  if (value.kind !== 'text') return undefined;
  const length = lengthOf(field, value.text);
  if (length < (field.length?.min ?? 0)) return `length min ${field.length?.min}`;
  if (length > (field.length?.max ?? Infinity)) return `length max ${field.length?.max}`;
  return field.pattern !== undefined && !matches(field.pattern, value.text)
    ? `pattern "${field.pattern}"`
    : undefined;
}

function lengthOf(field: Field, text: string): number {
  return field.type === 'bytes' ? Buffer.from(text, 'base64').length : [...text].length;
}

/** A pattern that cannot be compiled has its own rule; it refuses nothing here. */
function matches(pattern: string, text: string): boolean {
  try {
    return RE2JS.compile(pattern).matcher(text).find();
  } catch {
    return true;
  }
}

function complain(at: SpecNode, what: string, broken: string, report: Report): void {
  const text = quoteValue(textOf(at) ?? '');
  report({
    at,
    message: `The ${what} ${text} breaks ${broken}.`,
    expected: `a value that keeps ${broken}`,
    received: text,
  });
}
