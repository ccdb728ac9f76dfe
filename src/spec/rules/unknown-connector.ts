import { didYouMean } from '../../base/suggest.ts';
import { AVAILABILITY } from '../availability.ts';
import { namesOfConnectors } from '../draft/connector-names.ts';
import { productExample } from './example-mesh.ts';
import type { Rule } from './rule.ts';

export const unknownConnector: Rule = {
  code: 'SPEC_UNKNOWN_CONNECTOR',
  law: 'Inputs, ports, deliveries and types of connections are ones that Wharf knows.',
  hint: 'Use one of the expected names.',
  bad: productExample('key: none\nfields: { id: string }\noutputs:\n  rset: {}\n'),
  good: productExample('key: none\nfields: { id: string }\noutputs:\n  rest: {}\n'),
  visit(node, shape, report) {
    if (shape.kind !== 'variants') return;
    const built = Object.keys(shape.variants);
    const planned = AVAILABILITY.connectors[shape.of];
    for (const name of namesOfConnectors(node, shape)) {
      if (built.includes(name.text) || planned.includes(name.text)) continue;
      report({
        at: name,
        message: `The ${wordFor(shape.of)} "${name.text}" is not known.`,
        expected: built.length === 0 ? 'nothing yet' : `one of ${built.join(', ')}`,
        received: `"${name.text}"`,
        hint: didYouMean(name.text, [...built, ...planned]),
      });
    }
  },
};

export function wordFor(of: keyof typeof AVAILABILITY.connectors): string {
  return of === 'connection' ? 'connection type' : of;
}
