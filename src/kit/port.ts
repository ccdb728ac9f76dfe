/** What a port sees of Wharf, and what it must give. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Declaration } from '../schema/options.ts';
import type { ProductReader } from './reader.ts';
import type { SqlPort } from './sql.ts';

/** Finds who may read what for a request. The one way from a port to data. */
export interface PortHost {
  /**
   * The reader of the product version that the request's path names, for the caller of the request.
   * Throws PRODUCT_UNKNOWN for an absent, a hidden and a not served one alike, ACCESS_REFUSED for one that may be discovered and not read.
   */
  reader(request: FastifyRequest): Promise<ProductReader>;
  /** The dataset named by the path, else the product's first. Throws DATASET_UNKNOWN. */
  dataset(request: FastifyRequest, reader: ProductReader): string;
  /** The options of this port on that product, defaults filled in. */
  options(reader: ProductReader): Readonly<Record<string, unknown>>;
  /** What all ports of that product say of themselves (see `HttpPort.describe`), put together. */
  describe(reader: ProductReader): Promise<Readonly<Record<string, unknown>>>;
}

/** A port that answers below `/p/{product}/v{major}` and `/p/{product}/v{major}/d/{dataset}`. */
export interface HttpPort extends Declaration {
  readonly kind: 'http';
  /** What its callers do with a product, as rules of access name it. */
  readonly action: 'read' | 'subscribe' | 'export';
  /** Adds the port's routes; called once for each of the two prefixes. */
  routes(scope: FastifyInstance, host: PortHost): void;
  /** OpenAPI 3.1 path items of a product, relative to its prefix; undefined when the port has none to describe. */
  describe?(
    reader: ProductReader,
    options: Readonly<Record<string, unknown>>,
  ): Promise<Readonly<Record<string, unknown>>>;
}

/** What may be registered as a port. */
export type Port = HttpPort | SqlPort;

export function defineHttpPort(port: Omit<HttpPort, 'kind'>): HttpPort {
  return Object.freeze({ kind: 'http' as const, ...port });
}
