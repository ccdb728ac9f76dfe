import type { FastifyInstance, FastifyRequest } from 'fastify';
import { principalText } from '../../access/principal.ts';
import { callerOf } from '../http/caller.ts';
import { isManager } from '../http/check-manager.ts';
import { isOperator } from '../http/check-operator.ts';
import type { Platform } from '../platform.ts';

const DETAIL_BYTES_MAX = 1_000;
/** These change nothing, are audited in the same commit as the change, or are in the product's own log. */
const UNAUDITED = /^\/api\/(sql|audit\/verify)$|\/agreements\/:id\/[a-z]+$|\/requests$|\/inputs\/:input$/;

/**
 * What the operator changes, or who runs a product, is audited before it is done: an entry without a change is possible after a crash, a change without an
 * entry is not.
 */
export function auditChanges(app: FastifyInstance, platform: Platform): void {
  app.addHook('preHandler', async (request) => {
    const route = request.routeOptions.url ?? '';
    if (request.method === 'GET' || request.method === 'HEAD' || UNAUDITED.test(route)) return;
    const { product = '', major } = (request.params ?? {}) as { product?: string; major?: string };
    const isAllowed = major === undefined ? isOperator(request) : isManager(platform, request);
    if (!isAllowed) return;
    await platform.audit.write({
      principal: principalText(callerOf(request).principal),
      action: route.slice(route.lastIndexOf('/') + 1),
      product: major === undefined ? product : `${product}@${major}`,
      port: null,
      position: null,
      purpose: null,
      rows: null,
      detail: detailOf(request),
    });
  });
}

/** The path and the reason; not the body, which may hold data. */
function detailOf({ url, body }: FastifyRequest): string {
  const { reason } = (typeof body === 'object' && body !== null ? body : {}) as { reason?: unknown };
  const said = typeof reason === 'string' ? { reason } : {};
  return JSON.stringify({ path: url.split('?')[0], ...said }).slice(0, DETAIL_BYTES_MAX);
}
