import type { FastifyInstance } from 'fastify';
import { productId } from '../http/server-paths.ts';
import type { Platform } from '../platform.ts';
import { usageReport } from '../reads/usage-report.ts';
import { changeLog } from './change-log.ts';

/** What was declared of a product over time, and who read it: for everybody who may know of it. */
export function historyRoutes(app: FastifyInstance, platform: Platform): void {
  const { services, usage } = platform;

  app.get('/p/:product/v:major/changes', async (request, reply) => {
    const { product } = platform.products.get(productId(request));
    reply.header('Cache-Control', 'no-cache');
    return { product: product.id, changes: await changeLog(services, product.id) };
  });

  app.get('/p/:product/v:major/usage', async (request, reply) => {
    const { product } = platform.products.get(productId(request));
    reply.header('Cache-Control', 'no-cache');
    return usageReport(services, usage, product.id);
  });
}
