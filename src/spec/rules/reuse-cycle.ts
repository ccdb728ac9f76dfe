import type { MeshDraft } from '../draft/mesh-draft.ts';
import type { FieldDraft } from '../draft/product-draft.ts';
import { everyField } from '../draft/visit-draft.ts';
import { productExample } from './example-mesh.ts';
import type { Rule } from './rule.ts';

export const reuseCycle: Rule = {
  code: 'SPEC_REUSE_CYCLE',
  law: 'A field does not reuse, over however many products, itself.',
  hint: 'Write the type at one of these fields.',
  bad: productExample('key: [id]\nfields:\n  id: flights.departures.code\n  code: flights.departures.id\n'),
  good: productExample('key: [id]\nfields:\n  id: flights.departures.code\n  code: string\n'),
  check(mesh, report) {
    for (const draft of everyField(mesh)) {
      if (!draft.reuse || !mesh.resolver.isCircular(draft)) continue;
      const path = pathFrom(mesh, draft);
      report({
        at: draft.reuse.node,
        message: `The field "${draft.name}" reuses itself: ${path.join(' -> ')}.`,
        expected: 'a chain of fields that ends at one with a type',
        received: path.join(' -> '),
      });
    }
  },
};

/** The references from a field until it comes round. */
function pathFrom(mesh: MeshDraft, start: FieldDraft): string[] {
  const path: string[] = [start.name];
  const seen = new Set<FieldDraft>([start]);
  for (let at = start; at.reuse; ) {
    path.push(at.reuse.node.text);
    const target = mesh.resolver.lookUp(at.reuse.reference);
    if (!('found' in target) || seen.has(target.found)) break;
    at = target.found;
    seen.add(at);
  }
  return path;
}
