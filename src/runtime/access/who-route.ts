import type { FastifyInstance } from 'fastify';
import { principalText } from '../../access/principal.ts';
import { callerOf } from '../http/caller.ts';

/** Whom the platform takes the caller for. */
export interface WhoDocument {
  /** As access rules write it: `user:ana`, `operator`, `anyone`. */
  readonly principal: string;
  readonly kind: string;
  readonly teams: readonly string[];
}

export function whoRoute(app: FastifyInstance): void {
  app.get('/api/me', async (request, reply): Promise<WhoDocument> => {
    const { principal } = callerOf(request);
    reply.header('Cache-Control', 'no-store');
    return { principal: principalText(principal), kind: principal.kind, teams: principal.teams };
  });
}
