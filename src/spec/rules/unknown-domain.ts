import { didYouMean } from '../../base/suggest.ts';
import { keyedExample } from './example-mesh.ts';
import type { Rule } from './rule.ts';

export const unknownDomain: Rule = {
  code: 'SPEC_UNKNOWN_DOMAIN',
  law: 'Where a mesh lists its domains, every product belongs to one of them.',
  hint: 'Add the domain to "domains" in mesh.yaml.',
  bad: keyedExample('', { 'mesh.yaml': 'mesh: example\ndomains:\n  flight: {}\n' }),
  good: keyedExample('', { 'mesh.yaml': 'mesh: example\ndomains:\n  flights: {}\n' }),
  check(mesh, report) {
    const known = mesh.domains.map((domain) => domain.key.text);
    if (known.length === 0) return;
    for (const { domain, nameNode } of mesh.products) {
      if (domain === undefined || nameNode === undefined || known.includes(domain)) continue;
      report({
        at: nameNode,
        message: `The domain "${domain}" is not known.`,
        expected: `one of ${known.join(', ')}`,
        received: `"${domain}"`,
        hint: didYouMean(domain, known),
      });
    }
  },
};
