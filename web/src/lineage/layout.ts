/**
 * Places a graph in layers from left to right: each node one layer after the last of what it is made of, and within a layer near what it
 * is connected to. Linear in nodes and edges, so a mesh of thousands is laid out at once.
 */
import { type LayoutEdge, type LayoutNode, leadThrough } from './long-edges.ts';

export interface Place {
  readonly x: number;
  readonly y: number;
}

const LAYER_GAP = 90;
const NODE_GAP = 18;
/** So many nodes stand below each other in any case. */
const ROWS_MIN = 12;
/** A page is wider than it is high, and a node as well. */
const ROWS_TO_COLUMNS = 1.5;
/** Each sweep brings neighbours nearer; more change little. */
const SWEEPS = 6;

export interface Layout {
  readonly places: ReadonlyMap<string, Place>;
  /** By `wayOf(edge)`, of connections that lead past layers: where they enter each of those. */
  readonly ways: ReadonlyMap<string, readonly Place[]>;
}

export function layOut(nodes: readonly LayoutNode[], edges: readonly LayoutEdge[]): Layout {
  const { layers, edges: led, passes } = leadThrough(layersOf(nodes, edges), edges);
  const all = layers.flat();
  const above = neighbours(all, led, (edge) => [edge.to, edge.from]);
  const below = neighbours(all, led, (edge) => [edge.from, edge.to]);
  const centres = new Map(centresOf(layers));
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    const isDown = sweep % 2 === 0;
    const order = isDown ? layers : layers.toReversed();
    for (const layer of order) {
      sortByNeighbours(layer, isDown ? above : below, centres);
      // The next layer goes by where these stand now.
      for (const [id, centre] of centresOf([layer])) centres.set(id, centre);
    }
  }
  const places = placesOf(layers);
  const ways = new Map(
    [...passes].map(([way, ids]) => [way, ids.flatMap((id) => places.get(id) ?? [])] as const),
  );
  return { places, ways };
}

type Neighbours = ReadonlyMap<string, readonly string[]>;

function neighbours(
  nodes: readonly LayoutNode[],
  edges: readonly LayoutEdge[],
  ends: (edge: LayoutEdge) => readonly [string, string],
): Neighbours {
  const found = new Map<string, string[]>(nodes.map(({ id }) => [id, []]));
  for (const edge of edges) {
    const [of, other] = ends(edge);
    if (found.has(other)) found.get(of)?.push(other);
  }
  return found;
}

/** By the longest way from a beginning; what nothing leads to stands just before what it leads to. */
function layersOf(nodes: readonly LayoutNode[], edges: readonly LayoutEdge[]): LayoutNode[][] {
  const above = neighbours(nodes, edges, (edge) => [edge.to, edge.from]);
  const below = neighbours(nodes, edges, (edge) => [edge.from, edge.to]);
  const depths = new Map<string, number>();
  const waiting = new Map(nodes.map(({ id }) => [id, above.get(id)?.length ?? 0]));
  const ready = nodes.filter(({ id }) => waiting.get(id) === 0).map(({ id }) => id);
  for (let id = ready.shift(); id !== undefined; id = ready.shift()) {
    depths.set(id, Math.max(0, ...(above.get(id) ?? []).map((other) => (depths.get(other) ?? 0) + 1)));
    for (const other of below.get(id) ?? []) {
      const left = (waiting.get(other) ?? 0) - 1;
      waiting.set(other, left);
      if (left === 0) ready.push(other);
    }
  }
  for (const { id } of nodes) {
    const next = below.get(id) ?? [];
    if ((above.get(id)?.length ?? 0) === 0 && next.length > 0)
      depths.set(id, Math.max(0, Math.min(...next.map((other) => depths.get(other) ?? 1)) - 1));
  }
  const layers: LayoutNode[][] = [];
  for (const node of nodes) {
    const depth = depths.get(node.id) ?? 0;
    layers[depth] = [...(layers[depth] ?? []), node];
  }
  return Array.from(layers, (layer) => layer ?? []);
}

function centresOf(layers: readonly (readonly LayoutNode[])[]): ReadonlyMap<string, number> {
  const centres = new Map<string, number>();
  for (const [id, { y }, height] of stacked(layers)) centres.set(id, y + height / 2);
  return centres;
}

function sortByNeighbours(layer: LayoutNode[], near: Neighbours, centres: ReadonlyMap<string, number>): void {
  const wanted = new Map(
    layer.map(({ id }) => {
      const others = (near.get(id) ?? []).map((other) => centres.get(other) ?? 0);
      const own = centres.get(id) ?? 0;
      return [id, others.length === 0 ? own : others.reduce((sum, y) => sum + y, 0) / others.length];
    }),
  );
  layer.sort((a, b) => (wanted.get(a.id) ?? 0) - (wanted.get(b.id) ?? 0));
}

/** A layer of many nodes stands in several columns, so that the whole is not a thread. */
function placesOf(layers: readonly (readonly LayoutNode[])[]): ReadonlyMap<string, Place> {
  const total = layers.reduce((sum, layer) => sum + layer.length, 0);
  const rowsMax = Math.max(ROWS_MIN, Math.ceil(Math.sqrt(total) * ROWS_TO_COLUMNS));
  const columns = layers.flatMap((layer) => {
    const count = Math.max(1, Math.ceil(layer.length / rowsMax));
    const rows = Math.ceil(layer.length / count);
    return Array.from({ length: count }, (_, i) => layer.slice(i * rows, (i + 1) * rows));
  });
  return new Map(stacked(columns).map(([id, place]) => [id, place]));
}

/** Layers beside each other, each centred on the same line. */
function stacked(layers: readonly (readonly LayoutNode[])[]): [string, Place, number][] {
  let x = 0;
  return layers.flatMap((layer) => {
    const height = layer.reduce((sum, node) => sum + node.height + NODE_GAP, -NODE_GAP);
    let y = -height / 2;
    const placed = layer.map((node): [string, Place, number] => {
      const place = { x, y };
      y += node.height + NODE_GAP;
      return [node.id, place, node.height];
    });
    x += Math.max(0, ...layer.map(({ width }) => width)) + LAYER_GAP;
    return placed;
  });
}
