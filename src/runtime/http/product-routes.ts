import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { typeText } from '../../schema/field.ts';
import { datasetJsonSchema } from '../../schema/json-schema.ts';
import type { Platform } from '../platform.ts';
import type { ProductRuntime } from '../product-runtime.ts';
import { productStatus } from '../product-status.ts';
import { meshPage, productPage, STYLE_SHEET } from './pages.ts';
import { sendPage, wantsHtml } from './send-page.ts';
import { productId } from './server-paths.ts';

/** The list of products and each product's own page, for people and for programs. */
export function productRoutes(app: FastifyInstance, platform: Platform): void {
  app.get('/', async (request, reply) => {
    if (!wantsHtml(request)) return reply.redirect('/api/products');
    return sendPage(
      reply,
      meshPage(
        platform.mesh,
        await Promise.all([...platform.products.values()].map((p) => productStatus(platform, p))),
      ),
    );
  });

  app.get('/assets/wharf.css', async (_request, reply) =>
    reply.header('Cache-Control', 'max-age=3600').type('text/css').send(STYLE_SHEET),
  );

  app.get('/api/products', async (request) => {
    const { q } = request.query as { q?: string };
    const wanted = (q ?? '').trim().toLowerCase().split(/\s+/);
    const found = [...platform.products.values()].filter((p) =>
      wanted.every((word) => searchText(p).includes(word)),
    );
    return {
      mesh: platform.mesh.name,
      products: found.map((p) => productDocument(platform, p)),
      builtIn: [...platform.builtIns.values()].map((p) => productDocument(platform, p)),
    };
  });

  app.get('/p/:product', async (request, reply) => {
    const { product } = request.params as { product: string };
    const runtime = platform.newest(product);
    return answerProduct(platform, runtime, request, reply);
  });

  app.get('/p/:product/v:major', async (request, reply) =>
    answerProduct(platform, platform.product(productId(request)), request, reply),
  );

  app.get('/p/:product/v:major/schema.json', async (request, reply) => {
    const { product } = platform.product(productId(request));
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

async function answerProduct(
  platform: Platform,
  runtime: ProductRuntime,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  reply.header('Vary', 'Accept');
  if (wantsHtml(request))
    return sendPage(
      reply,
      productPage(runtime.product, await productStatus(platform, runtime), runtime.inputPositions),
    );
  return reply
    .type('application/hal+json; charset=utf-8')
    .send(JSON.stringify(productDocument(platform, runtime)));
}

function searchText(runtime: ProductRuntime): string {
  const { product } = runtime;
  const fields = product.datasets.flatMap((d) => d.fields.map((f) => `${f.name} ${f.doc ?? ''}`));
  return [product.name, product.purpose, product.doc ?? '', product.owner, ...product.tags, ...fields]
    .join(' ')
    .toLowerCase();
}

function productDocument(platform: Platform, runtime: ProductRuntime) {
  const { product } = runtime;
  const base = `/p/${product.name}/v${product.major}`;
  const ports = product.outputs.map((output) => output.port);
  const link = (port: string, rel: string, href: string) => (ports.includes(port) ? { [rel]: { href } } : {});
  return {
    id: product.id,
    name: product.name,
    version: product.version,
    status: product.status,
    owner: product.owner,
    alignment: product.alignment,
    tier: product.tier,
    purpose: product.purpose,
    ...(product.doc ? { doc: product.doc } : {}),
    position: platform.services.published.position(product.id),
    datasets: product.datasets.map((dataset) => ({
      name: dataset.name,
      key: dataset.key,
      fields: dataset.fields.map((field) => ({
        name: field.name,
        type: typeText(field),
        required: field.required ?? false,
        ...(field.unit ? { unit: field.unit } : {}),
        ...(field.doc ? { doc: field.doc } : {}),
      })),
    })),
    inputs: product.inputs.map((input) => ({
      name: input.name,
      from: input.kind === 'product' ? input.product : input.from,
    })),
    _links: {
      self: { href: base },
      schema: { href: `${base}/schema.json` },
      rejects: { href: `${base}/rejects` },
      quality: { href: `${base}/quality` },
      ...link('rest', 'rows', `${base}/rows`),
      ...link('rest', 'openapi', `${base}/openapi.json`),
      ...link('stream', 'stream', `${base}/stream`),
      ...link('files', 'files', `${base}/files`),
    },
  };
}
