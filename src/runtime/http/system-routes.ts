import type { FastifyInstance } from 'fastify';
import { packageVersion } from '../../base/entry.ts';
import type { Platform } from '../platform.ts';
import { platformStatus } from '../product-status.ts';

/** Routes about the process as a whole. */
export function systemRoutes(app: FastifyInstance, platform: Platform): void {
  app.get('/healthz', async () => ({ status: 'ok', version: packageVersion }));

  /** Ready once every source has been read to its end at least once. */
  app.get('/readyz', async (_request, reply) => {
    const status = await platformStatus(platform);
    const waiting = status.filter((product) => product.health !== 'ok').map((product) => product.product);
    return reply.code(waiting.length === 0 ? 200 : 503).send({ ready: waiting.length === 0, waiting });
  });

  app.get('/api/status', async () => ({
    mesh: platform.mesh.name,
    version: packageVersion,
    pid: process.pid,
    memory: { main: process.memoryUsage.rss(), engines: await platform.engineBytes() },
    journal: platform.services.journal.stats(),
    products: await platformStatus(platform),
  }));
}
