import { fieldExample } from './example-mesh.ts';
import type { Rule } from './rule.ts';

export const oneOfKeys: Rule = {
  code: 'SPEC_ONE_OF_KEYS',
  law: 'Where keys stand for alternatives, exactly one of them is written, or at most one where none is needed.',
  hint: 'Keep one of them.',
  bad: fieldExample('{ doc: The gate }'),
  good: fieldExample('{ type: string, doc: The gate }'),
  visit(node, shape, report) {
    if (node.kind !== 'map' || shape.kind !== 'map') return;
    const names = shape.exactlyOne ?? shape.atMostOne;
    if (!names) return;
    const written = node.entries.filter((entry) => names.includes(entry.key.text)).map((entry) => entry.key);
    if (written.length === 1 || (written.length === 0 && !shape.exactlyOne)) return;
    const list = names.map((name) => `"${name}"`).join(', ');
    const received = written.map((key) => `"${key.text}"`).join(' and ');
    report({
      at: written[1] ?? node,
      message:
        written.length === 0
          ? `One of the keys ${list} is missing in ${shape.what}.`
          : `The keys ${received} exclude each other in ${shape.what}.`,
      expected: `${shape.exactlyOne ? 'exactly' : 'at most'} one of ${list}`,
      received: received || 'none of them',
    });
  },
};
