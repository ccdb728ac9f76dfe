import { entriesOf, textAt, valueAt } from '../source/node.ts';
import { keyedExample } from './example-mesh.ts';
import type { Rule } from './rule.ts';

const good = keyedExample('');

export const ownerMissing: Rule = {
  code: 'SPEC_OWNER_MISSING',
  law: 'Every product has an owner: its own, that of its domain, or the default of the mesh.',
  hint: 'Add "owner: ..." to the product, to its domain, or to "defaults" in mesh.yaml.',
  bad: {
    'departures.product.yaml': (good['departures.product.yaml'] ?? '').replace('owner: operations\n', ''),
  },
  good,
  check(mesh, report) {
    if (valueAt(mesh.defaults, 'owner') !== undefined || mesh.meshFile === 'unread') return;
    const owned = new Set(
      mesh.domains.filter((d) => textAt(d.value, 'owner') !== undefined).map((d) => d.key.text),
    );
    for (const product of mesh.products) {
      if (
        entriesOf(product.root).some((entry) => entry.key.text === 'owner') ||
        owned.has(product.domain ?? '')
      )
        continue;
      report({
        at: product.nameNode ?? product.root,
        message: `The product "${product.name ?? product.file.path}" has no owner.`,
        expected: 'an owner',
        received: 'nothing',
      });
    }
  },
};
