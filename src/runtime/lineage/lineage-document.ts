import type { Platform } from '../platform.ts';
import { type Health, productStatus } from '../product-status.ts';
import { type GraphEdge, type LineageGraph, sourceId } from './lineage-graph.ts';

export interface ProductNode {
  readonly kind: 'product';
  readonly id: string;
  readonly name: string;
  readonly purpose: string;
  readonly domain: string;
  readonly tier: string;
  readonly alignment: string;
  readonly status: string;
  readonly health: Health;
  readonly heldAt: number | null;
  readonly position: number;
  readonly lastRecordAt: string | null;
  /** Products above it that fail or are held back, nearest first or not: what it lacks may come from there. */
  readonly troubledBy: readonly string[];
}

export interface SourceNode {
  readonly kind: 'source';
  readonly id: string;
  readonly name: string;
  /** The kind of the input: `file`, `push`, ... */
  readonly from: string;
}

export type LineageNode = ProductNode | SourceNode;

export interface LineageDocument {
  readonly nodes: readonly LineageNode[];
  readonly edges: readonly GraphEdge[];
}

/** The part of the graph that holds the given nodes; all of it when left out. */
export async function lineageDocument(
  platform: Platform,
  graph: LineageGraph,
  wanted?: ReadonlySet<string>,
): Promise<LineageDocument> {
  const isWanted = (id: string) => wanted === undefined || wanted.has(id);
  const products = [...graph.products.values()].filter(({ id }) => isWanted(id));
  const statuses = new Map(
    await Promise.all(
      [...graph.products.keys()].map(
        async (id) => [id, await productStatus(platform, platform.products.get(id))] as const,
      ),
    ),
  );
  const isTroubled = (id: string) => {
    const status = statuses.get(id);
    return status?.health === 'failing' || status?.quality.heldAt !== undefined;
  };
  const nodes = products.map((product): ProductNode => {
    const status = statuses.get(product.id);
    const { id, name, purpose, domain, tier, alignment } = product;
    return {
      ...{ kind: 'product', id, name, purpose, domain, tier, alignment, status: product.status },
      health: status?.health ?? 'busy',
      heldAt: status?.quality.heldAt ?? null,
      position: status?.position ?? 0,
      lastRecordAt: status?.lastRecordAt ?? null,
      troubledBy: [...graph.above(id)].filter(isTroubled),
    };
  });
  const sources = products.flatMap((product) =>
    product.inputs.flatMap((input): SourceNode[] => {
      const id = sourceId(product, input.name);
      return input.kind === 'external' && isWanted(id)
        ? [{ kind: 'source', id, name: input.name, from: input.from }]
        : [];
    }),
  );
  return {
    nodes: [...sources, ...nodes],
    edges: graph.edges.filter(({ from, to }) => isWanted(from) && isWanted(to)),
  };
}
