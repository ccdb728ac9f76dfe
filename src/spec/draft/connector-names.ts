import type { VariantsShape } from '../grammar/shape.ts';
import { entriesOf, type ScalarNode, type SpecNode, valueAt } from '../source/node.ts';

/** The names of connectors that a node holds: its tag, or, without one, each of its keys. */
export function namesOfConnectors(node: SpecNode, shape: VariantsShape): ScalarNode[] {
  if (node.kind !== 'map') return [];
  if (shape.tag === undefined) return entriesOf(node).map((entry) => entry.key);
  const tag = valueAt(node, shape.tag);
  return tag?.kind === 'scalar' && tag.type !== 'null' ? [tag] : [];
}
