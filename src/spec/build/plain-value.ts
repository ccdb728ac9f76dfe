import type { SpecNode } from '../source/node.ts';

/**
 * A node as plain data. An integer that a JavaScript number does not hold exactly stays its text, as does every number
 * with a fraction that is not its shortest form.
 */
export function plainValue(node: SpecNode): unknown {
  if (node.kind === 'list') return node.items.map(plainValue);
  if (node.kind === 'map') {
    return Object.fromEntries(node.entries.map((entry) => [entry.key.text, plainValue(entry.value)]));
  }
  switch (node.type) {
    case 'null':
      return null;
    case 'boolean':
      return node.text === 'true';
    case 'integer':
    case 'number': {
      const number = Number(node.text);
      return String(number) === node.text ? number : node.text;
    }
    default:
      return node.text;
  }
}
