import type { FastifyInstance } from 'fastify';
import { checkOperator } from '../http/check-operator.ts';
import type { Platform } from '../platform.ts';

/** What inputs that are gone left at their sources, for those who run the platform. */
export function leavingsRoutes(app: FastifyInstance, { leavings }: Platform): void {
  app.get('/api/left-behind', async (request) => {
    checkOperator(request);
    return { left: leavings.list() };
  });

  app.post('/api/left-behind/remove', async (request) => {
    checkOperator(request);
    return { removed: await leavings.remove() };
  });
}
