import { unreachable } from '../../base/assert.ts';
import { isNull, type MapNode, type SpecNode, textAt, valueAt } from '../source/node.ts';
import type { MapShape, Shape, VariantsShape } from './shape.ts';

/** Called for every node with the shape that it should have, outer ones first. */
export type Visit = (node: SpecNode, shape: Shape) => void;

/** Visits a node and all below it, as far as they have the kind that the grammar says. */
export function walkShape(node: SpecNode, shape: Shape, visit: Visit): void {
  visit(node, shape);
  switch (shape.kind) {
    case 'map':
      if (node.kind === 'map') walkMap(node, shape, visit);
      return;
    case 'entries':
      if (node.kind !== 'map') return;
      for (const entry of node.entries) {
        visit(entry.key, { kind: 'text', form: shape.names });
        walkShape(entry.value, shape.value, visit);
      }
      return;
    case 'list':
      if (node.kind === 'list') for (const item of node.items) walkShape(item, shape.item, visit);
      return;
    case 'either': {
      const chosen = shape[node.kind];
      if (chosen && !(isNull(node) && chosen.kind !== 'any')) walkShape(node, chosen, visit);
      return;
    }
    case 'variants':
      if (node.kind === 'map') walkVariants(node, shape, visit);
      return;
    case 'ref':
      walkShape(node, shape.shape(), visit);
      return;
    case 'text':
    case 'choice':
    case 'integer':
    case 'number':
    case 'boolean':
    case 'literal':
    case 'any':
      return;
    default:
      unreachable(shape);
  }
}

function walkMap(node: MapNode, shape: MapShape, visit: Visit): void {
  for (const entry of node.entries) {
    const key = Object.hasOwn(shape.keys, entry.key.text) ? shape.keys[entry.key.text] : undefined;
    if (key) walkShape(entry.value, key.shape, visit);
  }
}

function walkVariants(node: MapNode, shape: VariantsShape, visit: Visit): void {
  if (shape.tag !== undefined) {
    const chosen = variantOf(node, shape);
    if (chosen) walkShape(node, chosen, visit);
    return;
  }
  for (const entry of node.entries) {
    const variant = variantNamed(shape, entry.key.text);
    if (variant) walkShape(entry.value, variant, visit);
  }
}

/** The variant that a node's tag names; undefined when it names none. */
export function variantOf(node: MapNode, shape: VariantsShape): MapShape | undefined {
  const tag = shape.tag ?? '';
  if (valueAt(node, tag) === undefined) return shape.untagged;
  return variantNamed(shape, textAt(node, tag) ?? '');
}

function variantNamed(shape: VariantsShape, name: string): MapShape | undefined {
  return Object.hasOwn(shape.variants, name) ? shape.variants[name] : undefined;
}
