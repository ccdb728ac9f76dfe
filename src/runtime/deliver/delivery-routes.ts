import type { FastifyInstance, FastifyRequest } from 'fastify';
import { checkOperator } from '../http/check-operator.ts';
import { productId } from '../http/server-paths.ts';
import type { Platform } from '../platform.ts';

const PAUSED_BY_OPERATOR = 'An operator paused it.';

/** The deliveries of a product, and what operators do with one. */
export function deliveryRoutes(app: FastifyInstance, platform: Platform): void {
  const base = '/p/:product/v:major/deliveries';
  const found = (request: FastifyRequest) => {
    const { product } = platform.product(productId(request));
    const { delivery } = request.params as { delivery: string };
    return platform.deliveries.find(product.id, delivery);
  };

  app.get(base, async (request) => {
    const { product } = platform.product(productId(request));
    const position = platform.services.published.position(product.id);
    return { product: product.id, position, deliveries: platform.deliveries.status(product.id) };
  });

  app.get(`${base}/:delivery`, async (request) => found(request).status());

  app.post(`${base}/:delivery/pause`, async (request) => {
    checkOperator(request);
    const task = found(request);
    await task.pause(PAUSED_BY_OPERATOR);
    return task.status();
  });

  app.post(`${base}/:delivery/resume`, async (request) => {
    checkOperator(request);
    const task = found(request);
    await task.resume();
    return task.status();
  });

  app.post(`${base}/:delivery/replay`, async (request) => {
    checkOperator(request);
    const task = found(request);
    await task.replay();
    return task.status();
  });
}
