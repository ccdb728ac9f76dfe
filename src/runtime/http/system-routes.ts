import type { FastifyInstance } from 'fastify';
import { packageVersion } from '../../base/entry.ts';
import type { Platform } from '../platform.ts';
import { platformStatus, seenStatus } from '../product-status.ts';
import { callerOf } from './caller.ts';

/** Routes about the process as a whole. */
export function systemRoutes(app: FastifyInstance, platform: Platform): void {
  app.get('/healthz', { config: { saysNothing: true } }, async () => ({
    status: 'ok',
    version: packageVersion,
  }));

  /** Ready once every source has been read to its end at least once. */
  app.get('/readyz', async (request, reply) => {
    const status = await platformStatus(platform);
    const busy = status.filter((product) => product.health !== 'ok').map((product) => product.product);
    const seen = new Set(platform.access.seen(callerOf(request)).map(({ id }) => id));
    const waiting = busy.filter((id) => seen.has(id));
    return reply.code(busy.length === 0 ? 200 : 503).send({ ready: busy.length === 0, waiting });
  });

  app.get('/api/status', async (request) => ({
    mesh: platform.mesh.name,
    version: packageVersion,
    pid: process.pid,
    memory: { main: process.memoryUsage.rss(), engines: await platform.engineBytes() },
    journal: platform.services.journal.stats(),
    products: await seenStatus(platform, callerOf(request)),
  }));
}
