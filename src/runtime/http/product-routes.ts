import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { WharfError } from '../../base/errors.ts';
import { PRODUCT_FILTERS, type ProductFilters, ProductSearch } from '../../catalog/product-search.ts';
import { datasetJsonSchema } from '../../schema/json-schema.ts';
import type { Product } from '../../spec/model.ts';
import type { Asker } from '../access/asker.ts';
import '../errors.ts';
import type { Platform } from '../platform.ts';
import type { ProductRuntime } from '../product-runtime.ts';
import { callerOf } from './caller.ts';
import { productCard } from './product-card.ts';
import { productDocument, productLinks } from './product-document.ts';
import { productId } from './server-paths.ts';

function seenBuiltIns({ products, access }: Platform, asker: Asker): ProductRuntime[] {
  return [...products.builtIns.values()].filter(({ product }) => access.sees(product, asker));
}

const LIMIT_DEFAULT = 100;
const LIMIT_MAX = 500;
const WORDS_LENGTH_MAX = 500;

/** The list of products, and what is declared of each. */
export function productRoutes(app: FastifyInstance, platform: Platform): void {
  const search = new ProductSearch(platform.mesh.products);

  app.get('/', async (_request, reply) => reply.redirect('/api/products'));

  /** `?q=` words, filters (`tier=gold`, repeated or with commas), `limit` and `offset`. */
  app.get('/api/products', async (request) => {
    const query = request.query as Readonly<Record<string, string | string[] | undefined>>;
    const { limit, offset } = pageOf(query);
    const asker = callerOf(request);
    const isSeen = (product: Product) => platform.access.sees(product, asker);
    const { hits, facets } = search.find(wordsOf(query), filtersOf(query), isSeen);
    const products = await Promise.all(
      hits.slice(offset, offset + limit).map((hit) => productCard(platform, hit)),
    );
    const next = offset + limit < hits.length ? { next: { href: nextOf(request, offset + limit) } } : {};
    return {
      mesh: platform.mesh.name,
      total: hits.length,
      products,
      facets,
      builtIn: seenBuiltIns(platform, asker).map(({ product }) => ({
        ...{ id: product.id, name: product.name, purpose: product.purpose },
        _links: productLinks(product),
      })),
      _links: { ...next },
    };
  });

  app.get('/p/:product', async (request, reply) => {
    const { product } = request.params as { product: string };
    const asker = callerOf(request);
    return answerProduct(platform, platform.products.newestSeenBy(asker, product), asker, reply);
  });

  app.get('/p/:product/v:major', async (request, reply) =>
    answerProduct(platform, platform.products.get(productId(request)), callerOf(request), reply),
  );

  app.get('/p/:product/v:major/schema.json', async (request, reply) => {
    const { product } = platform.products.get(productId(request));
    const schemas = product.datasets.map((dataset) => [
      dataset.name,
      datasetJsonSchema(dataset, { title: `${product.name} ${dataset.name}` }),
    ]);
    const only =
      schemas.length === 1
        ? schemas[0]?.[1]
        : { $schema: 'https://json-schema.org/draft/2020-12/schema', $defs: Object.fromEntries(schemas) };
    return reply.type('application/schema+json; charset=utf-8').send(JSON.stringify(only));
  });
}

function answerProduct(
  platform: Platform,
  runtime: ProductRuntime,
  asker: Asker,
  reply: FastifyReply,
): FastifyReply {
  return reply
    .header('Vary', 'Accept')
    .type('application/hal+json; charset=utf-8')
    .send(JSON.stringify(productDocument(platform, runtime, asker)));
}

type Query = Readonly<Record<string, string | string[] | undefined>>;

function wordsOf({ q = '' }: Query): string {
  const words = String(q);
  if (words.length <= WORDS_LENGTH_MAX) return words;
  throw new WharfError(
    'REQUEST_INVALID',
    `"q" has ${words.length} characters, more than ${WORDS_LENGTH_MAX}.`,
  );
}

function filtersOf(query: Query): ProductFilters {
  const given = PRODUCT_FILTERS.flatMap((filter) => {
    const value = query[filter];
    if (value === undefined) return [];
    return [
      [
        filter,
        [value]
          .flat()
          .flatMap((part) => part.split(','))
          .filter((part) => part !== ''),
      ] as const,
    ];
  });
  return Object.fromEntries(given);
}

/** Throws REQUEST_INVALID. */
function pageOf(query: Query): { limit: number; offset: number } {
  const limit = numberOf('limit', query.limit ?? String(LIMIT_DEFAULT), 1, LIMIT_MAX);
  return { limit, offset: numberOf('offset', query.offset ?? '0', 0, Number.MAX_SAFE_INTEGER) };
}

function numberOf(name: string, text: string | string[], min: number, max: number): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= min && value <= max) return value;
  throw new WharfError('REQUEST_INVALID', `"${name}" is a number from ${min} to ${max}; received "${text}".`);
}

function nextOf(request: FastifyRequest, offset: number): string {
  const url = new URL(request.url, 'http://here');
  url.searchParams.set('offset', String(offset));
  return `${url.pathname}${url.search}`;
}
