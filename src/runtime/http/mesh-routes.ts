import type { FastifyInstance } from 'fastify';
import { packageVersion } from '../../base/entry.ts';
import type { Platform } from '../platform.ts';
import { databaseName } from '../sql/sql-names.ts';

export type MeshDocument = ReturnType<typeof meshDocument>;

/** The mesh as a whole: what its pages are headed with, and where Postgres clients find it. */
export function meshRoutes(
  app: FastifyInstance,
  platform: Platform,
  sqlPort: () => number | undefined,
): void {
  app.get('/api/mesh', async (_request, reply) =>
    reply.header('Cache-Control', 'no-cache').send(meshDocument(platform, sqlPort())),
  );
}

function meshDocument({ mesh }: Platform, sqlPort: number | undefined) {
  return {
    name: mesh.name,
    doc: mesh.doc ?? null,
    version: packageVersion,
    products: mesh.products.length,
    domains: mesh.domains.map(({ name, doc, owner }) => ({ name, doc: doc ?? null, owner: owner ?? null })),
    teams: mesh.teams.map(({ name, doc, contact }) => ({ name, doc: doc ?? null, contact: contact ?? null })),
    /** Null where no SQL port listens. */
    sql: sqlPort === undefined ? null : { port: sqlPort, database: databaseName(mesh) },
  };
}
