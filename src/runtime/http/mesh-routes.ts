import type { FastifyInstance } from 'fastify';
import { packageVersion } from '../../base/entry.ts';
import type { Asker } from '../access/asker.ts';
import type { Platform } from '../platform.ts';
import { databaseName } from '../sql/sql-names.ts';
import { callerOf } from './caller.ts';

export type MeshDocument = ReturnType<typeof meshDocument>;

/** The mesh as a whole: what its pages are headed with, and where Postgres clients find it. */
export function meshRoutes(
  app: FastifyInstance,
  platform: Platform,
  sqlPort: () => number | undefined,
): void {
  app.get('/api/mesh', async (request, reply) =>
    reply.header('Cache-Control', 'no-cache').send(meshDocument(platform, callerOf(request), sqlPort())),
  );
}

function meshDocument({ mesh, access }: Platform, asker: Asker, sqlPort: number | undefined) {
  const products = access.seen(asker);
  const hidden = mesh.products.filter((product) => !products.includes(product));
  // A domain of nothing but hidden products is as absent as they are.
  const domains = mesh.domains.filter(
    ({ name }) =>
      !hidden.some(({ domain }) => domain === name) || products.some(({ domain }) => domain === name),
  );
  return {
    name: mesh.name,
    doc: mesh.doc ?? null,
    version: packageVersion,
    products: products.length,
    domains: domains.map(({ name, doc, owner }) => ({ name, doc: doc ?? null, owner: owner ?? null })),
    teams: mesh.teams.map(({ name, doc, contact }) => ({ name, doc: doc ?? null, contact: contact ?? null })),
    /** Null where no SQL port listens. */
    sql: sqlPort === undefined ? null : { port: sqlPort, database: databaseName(mesh) },
  };
}
