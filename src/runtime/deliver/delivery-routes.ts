import type { FastifyInstance, FastifyRequest } from 'fastify';
import { callerOf } from '../http/caller.ts';
import { checkManager } from '../http/check-manager.ts';
import { productId } from '../http/server-paths.ts';
import type { Platform } from '../platform.ts';
import type { DeliveryStatus } from './delivery-task.ts';

const PAUSED_BY_OPERATOR = 'An operator paused it.';

/** The deliveries of a product, and what operators do with one. */
export function deliveryRoutes(app: FastifyInstance, platform: Platform): void {
  const base = '/p/:product/v:major/deliveries';
  const found = (request: FastifyRequest) => {
    const { product } = platform.products.get(productId(request));
    const { delivery } = request.params as { delivery: string };
    return platform.deliveries.find(product.id, delivery);
  };

  /** What went wrong may quote values of rows. */
  const told = (request: FastifyRequest, status: DeliveryStatus): DeliveryStatus => {
    const { product } = platform.products.get(productId(request));
    return platform.access.allowsAll(product, callerOf(request), 'read')
      ? status
      : { ...status, lastError: null };
  };

  app.get(base, async (request) => {
    const { product } = platform.products.get(productId(request));
    const position = platform.services.published.position(product.id);
    const deliveries = platform.deliveries.status(product.id).map((status) => told(request, status));
    return { product: product.id, position, deliveries };
  });

  app.get(`${base}/:delivery`, async (request) => told(request, found(request).status()));

  app.post(`${base}/:delivery/pause`, async (request) => {
    checkManager(platform, request);
    const task = found(request);
    await task.pause(PAUSED_BY_OPERATOR);
    return task.status();
  });

  app.post(`${base}/:delivery/resume`, async (request) => {
    checkManager(platform, request);
    const task = found(request);
    await task.resume();
    return task.status();
  });

  app.post(`${base}/:delivery/replay`, async (request) => {
    checkManager(platform, request);
    const task = found(request);
    await task.replay();
    return task.status();
  });
}
