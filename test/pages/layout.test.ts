/** Where the nodes of the mesh's graph stand, and how its connections lead past them: without a browser. */
import { expect, it } from 'vitest';
import { layOut } from '../../web/src/lineage/layout.ts';
import { wayOf } from '../../web/src/lineage/long-edges.ts';

const [WIDTH, HEIGHT] = [200, 60];

function graph(...edges: readonly (readonly [string, string])[]) {
  const ids = [...new Set(edges.flat())];
  return {
    nodes: ids.map((id) => ({ id, width: WIDTH, height: HEIGHT })),
    edges: edges.map(([from, to]) => ({ from, to })),
  };
}

it('leads a connection past what stands between its ends, and not behind it', () => {
  const { nodes, edges } = graph(['a', 'b'], ['b', 'c'], ['a', 'c'], ['a', 'd'], ['d', 'c']);
  const { places, ways } = layOut(nodes, edges);
  const way = ways.get(wayOf({ from: 'a', to: 'c' })) ?? [];
  expect(way).toHaveLength(1);
  for (const { x, y } of way)
    for (const { id } of nodes) {
      const node = places.get(id) ?? { x: 0, y: 0 };
      const isBeside = x !== node.x || y < node.y || y > node.y + HEIGHT;
      expect(isBeside, `beside ${id}`).toBe(true);
    }
});

it('stands each node to the right of what it is made of, and none on another', () => {
  const { nodes, edges } = graph(['a', 'b'], ['b', 'c'], ['a', 'c'], ['x', 'c'], ['c', 'd'], ['a', 'd']);
  const { places } = layOut(nodes, edges);
  for (const { from, to } of edges)
    expect(places.get(to)?.x, `${from} to ${to}`).toBeGreaterThan((places.get(from)?.x ?? 0) + WIDTH);
  const corners = nodes.map(({ id }) => places.get(id) ?? { x: 0, y: 0 });
  for (const [i, one] of corners.entries())
    for (const other of corners.slice(i + 1))
      expect(one.x !== other.x || Math.abs(one.y - other.y) >= HEIGHT).toBe(true);
});
