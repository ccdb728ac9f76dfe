import type { Field } from '../../schema/field.ts';
import type { MeshDraft } from '../draft/mesh-draft.ts';
import type { FieldDraft } from '../draft/product-draft.ts';
import { everyField } from '../draft/visit-draft.ts';
import { compareValues, readFieldValue } from '../exact/field-value.ts';
import { itemsOf, type SpecNode, textAt, valueAt } from '../source/node.ts';
import { fieldExample } from './example-mesh.ts';
import type { Report, Rule } from './rule.ts';

export const boundsOrder: Rule = {
  code: 'SPEC_MIN_ABOVE_MAX',
  law: 'A smallest value is not above the largest one, also where one of them is reused.',
  hint: 'Swap the two, or correct one of them.',
  bad: fieldExample('{ type: decimal(6,2), min: 10.5, max: 9.75 }'),
  good: fieldExample('{ type: decimal(6,2), min: 9.75, max: 10.5 }'),
  check(mesh, report) {
    for (const draft of everyField(mesh)) checkField(mesh, draft, report);
    for (const product of mesh.products) {
      for (const check of itemsOf(valueAt(product.root, 'checks'))) checkRows(valueAt(check, 'rows'), report);
    }
  },
};

function checkField(mesh: MeshDraft, draft: FieldDraft, report: Report): void {
  const field = draft.node.kind === 'map' ? mesh.resolver.resolve(draft) : undefined;
  if (!field) return;
  const at = valueAt(draft.node, 'max') ?? valueAt(draft.node, 'min');
  if (at && isAbove(field)) complain(at, `${field.min}`, `${field.max}`, report);
  const length = valueAt(draft.node, 'length');
  const { min, max } = field.length ?? {};
  if (length && min !== undefined && max !== undefined && min > max)
    complain(length, `${min}`, `${max}`, report);
}

function isAbove(field: Field): boolean {
  const min = field.min === undefined ? undefined : readFieldValue(field, field.min);
  const max = field.max === undefined ? undefined : readFieldValue(field, field.max);
  return min !== undefined && max !== undefined && (compareValues(min, max) ?? 0) > 0;
}

function checkRows(node: SpecNode | undefined, report: Report): void {
  const min = Number(textAt(node, 'min') ?? Number.NaN);
  const max = Number(textAt(node, 'max') ?? Number.NaN);
  if (node && min > max) complain(node, `${min}`, `${max}`, report);
}

function complain(at: SpecNode, min: string, max: string, report: Report): void {
  const message = `The smallest value ${min} is above the largest value ${max}.`;
  report({ at, message, expected: 'min at most max', received: `min ${min}, max ${max}` });
}
