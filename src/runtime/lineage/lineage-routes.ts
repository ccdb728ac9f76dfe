import type { FastifyInstance, FastifyRequest } from 'fastify';
import { seenInputs } from '../access/seen-inputs.ts';
import { callerOf } from '../http/caller.ts';
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
  const seenBy = (request: FastifyRequest) =>
    new Set(platform.access.seen(callerOf(request)).map(({ id }) => id));
  const columns = new ColumnLineages(platform.services.engine, graph.products);

  app.get('/api/lineage', async (request, reply) => {
    reply.header('Cache-Control', 'no-cache');
    return lineageDocument(platform, graph.only(seenBy(request)));
  });

  app.get('/p/:product/v:major/lineage', async (request, reply): Promise<ProductLineage> => {
    const { product } = platform.products.get(productId(request));
    const seen = seenBy(request);
    const known = graph.only(seen);
    const above = known.above(product.id);
    const below = known.below(product.id);
    const around = [product.id, ...above, ...below];
    reply.header('Cache-Control', 'no-cache').header('Vary', 'Accept');
    const told = around.flatMap((id) => known.products.get(id) ?? []).slice(0, COLUMN_PRODUCTS_MAX);
    const isTold = seenInputs(product, seen).length === product.inputs.length;
    const { way, reason } = isTold ? await columns.explain(product) : UNTOLD;
    return {
      product: product.id,
      above: [...above],
      below: [...below],
      ...{ way, reason },
      columns: (await Promise.all(told.map((each) => columns.of(each)))).flat().map(withSeenSources(seen)),
      ...(await lineageDocument(platform, known, new Set(around))),
    };
  });
}

const UNTOLD = { way: '', reason: 'It is told to those who may know of all of its inputs.' };

/** A source in a product that somebody may not know of is none to them. */
function withSeenSources(seen: ReadonlySet<string>) {
  return (column: ColumnLineage): ColumnLineage => ({
    ...column,
    sources: column.sources?.filter(({ product }) => product === null || seen.has(product)) ?? null,
  });
}
