import type { FastifyRequest } from 'fastify';

/** `flights.departures@1` of a path `/p/flights.departures/v1/...`. */
export function productId(request: FastifyRequest): string {
  const { product, major } = request.params as { product: string; major: string };
  return `${product}@${major}`;
}
