import { didYouMean } from '../../base/suggest.ts';
import type { MapShape } from '../grammar/shape.ts';
import { keyedExample } from './example-mesh.ts';
import type { Rule } from './rule.ts';

export const unknownKey: Rule = {
  code: 'SPEC_UNKNOWN_KEY',
  law: 'Every key is one that the grammar knows at its place.',
  hint: 'Remove the key, or see the reference for the keys that may stand here.',
  bad: keyedExample('onwer: operations\n'),
  good: keyedExample(''),
  visit(node, shape, report) {
    if (node.kind !== 'map' || shape.kind !== 'map') return;
    for (const { key } of node.entries) {
      if (Object.hasOwn(shape.keys, key.text)) continue;
      const known = Object.keys(shape.keys);
      report({
        at: key,
        message: `The key "${key.text}" is not known in ${shape.what}.`,
        expected: known.length === 0 ? 'no keys at all' : `one of ${known.join(', ')}`,
        received: `"${key.text}"`,
        hint: insteadOf(key.text, shape) || didYouMean(key.text, known),
      });
    }
  },
};

/** Leads from what people write in other tools to the word that is meant here. */
function insteadOf(written: string, shape: MapShape): string {
  const plain = written.toLowerCase().replaceAll(/[-_]/g, '');
  const meant = Object.entries(shape.keys).find(([, key]) =>
    key.aka?.some((aka) => aka.replaceAll('_', '') === plain),
  );
  return meant ? `Did you mean "${meant[0]}"?` : '';
}
