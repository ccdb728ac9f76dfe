import type { MeshDraft } from '../draft/mesh-draft.ts';
import type { ProductDraft } from '../draft/product-draft.ts';
import type { ScalarNode } from '../source/node.ts';
import { AIRPORTS, keyedExample } from './example-mesh.ts';
import type { Rule } from './rule.ts';

const airports = AIRPORTS['airports.product.yaml'] ?? '';

export const productCycle: Rule = {
  code: 'SPEC_PRODUCT_CYCLE',
  law: 'No product reads, over however many others, itself.',
  hint: 'Remove one of these inputs.',
  bad: keyedExample('inputs:\n  airports: airports.airports@1\n', {
    'airports.product.yaml': `${airports}inputs:\n  departures: flights.departures@1\n`,
  }),
  good: keyedExample('inputs:\n  airports: airports.airports@1\n', AIRPORTS),
  check(mesh, report) {
    for (const cycle of findCycles(mesh)) {
      const path = [...cycle.map((edge) => edge.from), cycle[0]?.from].join(' -> ');
      const last = cycle.at(-1);
      if (!last) continue;
      report({
        at: last.node,
        message: `The products read each other in a circle: ${path}.`,
        expected: 'inputs that lead back to sources',
        received: path,
      });
    }
  },
};

interface Edge {
  readonly from: string;
  readonly to: string;
  readonly node: ScalarNode;
}

/** Every input that closes a circle on a walk through all products in the order of their ids. */
function findCycles(mesh: MeshDraft): Edge[][] {
  const done = new Set<string>();
  const cycles: Edge[][] = [];
  for (const id of [...mesh.index.byId.keys()].sort()) {
    if (!done.has(id)) walk(id, { mesh, done, cycles });
  }
  return cycles;
}

interface Walk {
  readonly mesh: MeshDraft;
  readonly done: Set<string>;
  readonly cycles: Edge[][];
}

/** Depth first, without recursion: lineage may be as deep as the mesh has products. */
function walk(start: string, { mesh, done, cycles }: Walk): void {
  const path: Edge[] = [];
  const depthOf = new Map<string, number>([[start, 0]]);
  const open: { readonly id: string; readonly edges: Edge[] }[] = [
    { id: start, edges: edgesOf(mesh, start) },
  ];
  for (let top = open.at(-1); top; top = open.at(-1)) {
    const edge = top.edges.shift();
    if (!edge) {
      open.pop();
      path.pop();
      depthOf.delete(top.id);
      done.add(top.id);
      continue;
    }
    const depth = depthOf.get(edge.to);
    if (depth !== undefined) cycles.push([...path.slice(depth), edge]);
    else if (!done.has(edge.to)) {
      depthOf.set(edge.to, open.length);
      path.push(edge);
      open.push({ id: edge.to, edges: edgesOf(mesh, edge.to) });
    }
  }
}

function edgesOf(mesh: MeshDraft, id: string): Edge[] {
  const product: ProductDraft | undefined = mesh.index.byId.get(id);
  return (product?.inputs ?? []).flatMap((input) =>
    input.product && mesh.index.byId.has(input.product.reference.id)
      ? [{ from: id, to: input.product.reference.id, node: input.product.node }]
      : [],
  );
}
