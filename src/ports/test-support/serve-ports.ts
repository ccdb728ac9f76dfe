/** A real HTTP server with ports mounted as the platform mounts them, over products in memory. */
import websocket from '@fastify/websocket';
import Fastify, { type FastifyError, type FastifyInstance, type FastifyRequest } from 'fastify';
import { WharfError } from '../../base/errors.ts';
import type { HttpPort, PortHost } from '../../kit/port.ts';
import type { ProductReader } from '../../kit/reader.ts';
import './fake-errors.ts';

export interface PortServer {
  readonly app: FastifyInstance;
  /** `http://127.0.0.1:51234`. */
  readonly url: string;
  close(): Promise<void>;
}

export interface PortServerOptions {
  readonly ports: readonly HttpPort[];
  readonly products: readonly ProductReader[];
  /** Options by the port's name. */
  readonly options?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

export async function servePorts(options: PortServerOptions): Promise<PortServer> {
  const app = Fastify({
    forceCloseConnections: true,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 16_384 },
  });
  app.setErrorHandler((thrown, _request, reply) => {
    const status =
      thrown instanceof WharfError ? thrown.status : ((thrown as FastifyError).statusCode ?? 500);
    const code = thrown instanceof WharfError ? thrown.code : 'UNEXPECTED';
    const detail = thrown instanceof Error ? thrown.message : String(thrown);
    const more = thrown instanceof WharfError ? { ...thrown.details, hint: thrown.hint } : {};
    const problem = { type: 'about:blank', title: code, status, detail, code, ...more };
    reply.code(status).type('application/problem+json').send(JSON.stringify(problem));
  });
  await app.register(websocket);
  for (const port of options.ports) {
    for (const prefix of ['/p/:product/v:major', '/p/:product/v:major/d/:dataset']) {
      await app.register(async (scope) => port.routes(scope, hostOf(port, options)), { prefix });
    }
  }
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  return { app, url, close: () => app.close() };
}

function hostOf(port: HttpPort, { ports, products, options = {} }: PortServerOptions): PortHost {
  return {
    reader: async (request) => productOf(products, request),
    dataset: (request, reader) => datasetOf(request, reader),
    options: () => options[port.name] ?? {},
    describe: async (reader) => {
      const parts = ports.map((p) => p.describe?.(reader, options[p.name] ?? {}));
      return Object.assign({}, ...(await Promise.all(parts)));
    },
  };
}

function productOf(products: readonly ProductReader[], request: FastifyRequest): ProductReader {
  const { product, major } = request.params as { product: string; major: string };
  const found = products.find((p) => p.product.id === `${product}@${major}`);
  if (found) return found;
  throw new WharfError('FAKE_PRODUCT_UNKNOWN', `There is no product "${product}@${major}".`);
}

function datasetOf(request: FastifyRequest, reader: ProductReader): string {
  const { dataset = reader.product.datasets[0]?.name ?? '' } = request.params as { dataset?: string };
  if (reader.product.datasets.some((d) => d.name === dataset)) return dataset;
  throw new WharfError('FAKE_DATASET_UNKNOWN', `There is no dataset "${dataset}".`);
}
