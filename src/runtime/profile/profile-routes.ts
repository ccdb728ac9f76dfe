import type { FastifyInstance } from 'fastify';
import { WharfError } from '../../base/errors.ts';
import type { SqlHost } from '../../kit/sql.ts';
import '../errors.ts';
import { callerOf } from '../http/caller.ts';
import { productId } from '../http/server-paths.ts';
import type { Platform } from '../platform.ts';
import { datasetOf } from '../reader/product-reader.ts';
import { SqlCaller } from '../sql/sql-caller.ts';
import { sqlTables } from '../sql/sql-names.ts';
import { ProfileService } from './profile-service.ts';

/** `?dataset=`, the first one when left out. Throws PROFILE_NO_SQL. */
export function profileRoutes(app: FastifyInstance, platform: Platform, sql: SqlHost): void {
  const profiles = new ProfileService(sql);
  const tables = [...sqlTables(platform.mesh).values()];
  app.get('/p/:product/v:major/profile', async (request, reply) => {
    const runtime = platform.products.get(productId(request));
    const { product } = runtime;
    const { dataset: name } = request.query as { dataset?: string };
    const dataset = datasetOf(runtime.description, name ?? product.datasets[0]?.name ?? '');
    const table = tables.find((t) => t.stream === product.id && t.dataset.name === dataset.name);
    if (!table)
      throw new WharfError(
        'PROFILE_NO_SQL',
        `${product.id} has no port "sql", which its profile is counted by.`,
        {
          hint: 'Add it to the outputs of its spec: outputs: { sql: {} }.',
        },
      );
    const caller = callerOf(request);
    const { sight } = platform.access.view(product, caller, 'read', 'sql');
    const position = platform.services.published.position(product.id);
    reply.header('Cache-Control', 'no-cache').header('Wharf-Position', String(position));
    return profiles.of({
      ...{ product: product.id, dataset, position },
      table: `${quoted(table.schema)}.${quoted(table.table)}`,
      ...{ principal: SqlCaller.of(caller), purpose: caller.purpose, sight },
    });
  });
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
