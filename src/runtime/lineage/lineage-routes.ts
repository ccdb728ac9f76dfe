import type { FastifyInstance } from 'fastify';
import { productId } from '../http/server-paths.ts';
import type { Platform } from '../platform.ts';
import { type ColumnLineage, ColumnLineages } from './column-lineage.ts';
import { type LineageDocument, lineageDocument } from './lineage-document.ts';
import { LineageGraph } from './lineage-graph.ts';

/** Products around one whose columns are told; the nearest are those above it. */
const COLUMN_PRODUCTS_MAX = 60;

export interface ProductLineage extends LineageDocument {
  readonly product: string;
  readonly above: readonly string[];
  readonly below: readonly string[];
  /** How it is kept up to date, as `wharf explain` says it. */
  readonly way: string;
  readonly reason: string;
  /** Of it and of what is above and below it. */
  readonly columns: readonly ColumnLineage[];
}

export function lineageRoutes(app: FastifyInstance, platform: Platform): void {
  const graph = new LineageGraph(platform.mesh.products);
  const columns = new ColumnLineages(platform.services.engine, graph.products);

  app.get('/api/lineage', async (_request, reply) => {
    reply.header('Cache-Control', 'no-cache');
    return lineageDocument(platform, graph);
  });

  app.get('/p/:product/v:major/lineage', async (request, reply): Promise<ProductLineage> => {
    const { product } = platform.product(productId(request));
    const above = graph.above(product.id);
    const below = graph.below(product.id);
    const around = [product.id, ...above, ...below];
    reply.header('Cache-Control', 'no-cache').header('Vary', 'Accept');
    const told = around.flatMap((id) => graph.products.get(id) ?? []).slice(0, COLUMN_PRODUCTS_MAX);
    const { way, reason } = await columns.explain(product);
    return {
      product: product.id,
      above: [...above],
      below: [...below],
      ...{ way, reason },
      columns: (await Promise.all(told.map((each) => columns.of(each)))).flat(),
      ...(await lineageDocument(platform, graph, new Set(around))),
    };
  });
}
