/**
 * Connections that lead past layers: in each of those they take a place of their own, between nodes, so that what they connect is seen and
 * they do not go on behind what has nothing to do with them.
 */
export interface LayoutNode {
  readonly id: string;
  readonly width: number;
  readonly height: number;
}

export interface LayoutEdge {
  readonly from: string;
  readonly to: string;
}

const PASS_HEIGHT = 4;
/** Beyond, connections are led straight: of so many no one is followed by eye. */
const PASSES_MAX = 1_000;

export interface LedEdges {
  readonly layers: LayoutNode[][];
  /** From each layer to the next only, as far as they are led. */
  readonly edges: readonly LayoutEdge[];
  /** By `wayOf(edge)`: the places that it passes, in order. */
  readonly passes: ReadonlyMap<string, readonly string[]>;
}

export function wayOf({ from, to }: LayoutEdge): string {
  return `${from} > ${to}`;
}

export function leadThrough(
  layers: readonly (readonly LayoutNode[])[],
  edges: readonly LayoutEdge[],
): LedEdges {
  const depths = new Map(layers.flatMap((layer, depth) => layer.map(({ id }) => [id, depth] as const)));
  const wider = layers.map((layer) => [...layer]);
  const led: LayoutEdge[] = [];
  const passes = new Map<string, readonly string[]>();
  let left = PASSES_MAX;
  for (const edge of edges) {
    const first = (depths.get(edge.from) ?? 0) + 1;
    const count = (depths.get(edge.to) ?? 0) - first;
    const way = wayOf(edge);
    if (count <= 0 || count > left || passes.has(way)) {
      led.push(edge);
      continue;
    }
    left -= count;
    const ids = Array.from({ length: count }, (_, i) => `${way} ${i}`);
    for (const [i, id] of ids.entries()) wider[first + i]?.push({ id, width: 0, height: PASS_HEIGHT });
    const stops = [edge.from, ...ids, edge.to];
    for (const [i, to] of stops.slice(1).entries()) led.push({ from: stops[i] ?? edge.from, to });
    passes.set(way, ids);
  }
  return { layers: wider, edges: led, passes };
}
