import { entriesOf, type ScalarNode, type SpecNode, valueAt } from '../source/node.ts';
import type { FieldDraft, FieldStanding } from './product-draft.ts';
import { parseFieldReference } from './references.ts';
import { parseType } from './type-text.ts';

/** The fields of a map of fields, as far as they can be read. */
export function draftFields(node: SpecNode | undefined, standing: FieldStanding): FieldDraft[] {
  return entriesOf(node).map((entry) => draftField(entry.key.text, entry.key, entry.value, standing));
}

function draftField(name: string, nameNode: SpecNode, node: SpecNode, standing: FieldStanding): FieldDraft {
  const written = scalar(node.kind === 'scalar' ? node : valueAt(node, 'type'));
  const reused = scalar(node.kind === 'scalar' ? node : valueAt(node, 'from'));
  const type = written && parseType(written.text);
  const reference =
    reused && !(node.kind === 'scalar' && type) ? parseFieldReference(reused.text) : undefined;
  const below = standing === 'source' ? 'source' : 'nested';
  const items = valueAt(node, 'items');
  return {
    name,
    nameNode,
    node,
    standing,
    typeNode: written,
    type,
    reuse: reused && reference ? { node: reused, reference } : undefined,
    fields: draftFields(valueAt(node, 'fields'), below),
    items: items && draftField('items', items, items, below),
  };
}

function scalar(node: SpecNode | undefined): ScalarNode | undefined {
  return node?.kind === 'scalar' && node.type !== 'null' ? node : undefined;
}

/** A field and everything below it. */
export function* fieldAndBelow(field: FieldDraft): Generator<FieldDraft> {
  yield field;
  for (const below of field.fields) yield* fieldAndBelow(below);
  if (field.items) yield* fieldAndBelow(field.items);
}
