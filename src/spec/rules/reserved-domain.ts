import { productExample } from './example-mesh.ts';
import type { Rule } from './rule.ts';

/** The products of this domain are Wharf's own: `system.rejects`, `system.checks`, ... */
const RESERVED = 'system';

const body = 'key: [id]\nfields: { id: string }\n';
const good = productExample(body);

export const reservedDomain: Rule = {
  code: 'SPEC_RESERVED_DOMAIN',
  law: 'The domain "system" holds the products that Wharf itself keeps, and no others.',
  hint: 'Give the product another domain.',
  bad: {
    'departures.product.yaml': (good['departures.product.yaml'] ?? '').replace('flights.', `${RESERVED}.`),
  },
  good,
  check(mesh, report) {
    for (const product of mesh.products) {
      if (product.domain !== RESERVED) continue;
      report({
        at: product.nameNode ?? product.root,
        message: `The product "${product.name}" is in the domain "${RESERVED}", which is Wharf's own.`,
        expected: `a domain other than "${RESERVED}"`,
        received: `"${product.name}"`,
      });
    }
  },
};
