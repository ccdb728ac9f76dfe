import { didYouMean } from '../../base/suggest.ts';
import type { MeshDraft } from '../draft/mesh-draft.ts';
import { itemsOf, type SpecNode, textOf, valueAt } from '../source/node.ts';
import { keyedExample } from './example-mesh.ts';
import type { Report, Rule } from './rule.ts';

const mesh = 'mesh: example\nteams:\n  operations: {}\n';

export const unknownTeam: Rule = {
  code: 'SPEC_UNKNOWN_TEAM',
  law: 'Where a mesh lists its teams, owners and team principals are among them.',
  hint: 'Add the team to "teams" in mesh.yaml.',
  bad: keyedExample('', { 'mesh.yaml': mesh.replace('operations', 'planning') }),
  good: keyedExample('', { 'mesh.yaml': mesh }),
  check(mesh, report) {
    if (mesh.teams.length === 0) return;
    const owned = [mesh.defaults, ...mesh.domains.map((d) => d.value), ...mesh.products.map((p) => p.root)];
    for (const node of owned) checkTeam(mesh, valueAt(node, 'owner'), '', report);
    for (const root of [mesh.defaults, ...mesh.products.map((product) => product.root)]) {
      for (const rule of itemsOf(valueAt(root, 'access'))) {
        const who = [...itemsOf(valueAt(rule, 'allow')), ...itemsOf(valueAt(rule, 'deny'))];
        for (const node of who) if (textOf(node)?.startsWith('team:')) checkTeam(mesh, node, 'team:', report);
      }
    }
  },
};

function checkTeam(mesh: MeshDraft, node: SpecNode | undefined, prefix: string, report: Report): void {
  const text = textOf(node);
  if (!node || text === undefined) return;
  const name = text.slice(prefix.length);
  const known = mesh.teams.map((team) => team.key.text);
  if (known.includes(name)) return;
  report({
    at: node,
    message: `The team "${name}" is not known.`,
    expected: `one of ${known.join(', ')}`,
    received: `"${name}"`,
    hint: didYouMean(name, known),
  });
}
