import type { FastifyInstance, FastifyRequest } from 'fastify';
import { WharfError } from '../../base/errors.ts';
import { REJECT_STATUSES, type RejectStatus } from '../../catalog/system/rejects.ts';
import type { Platform } from '../platform.ts';
import { closeReject, replayReject } from '../rejects/replay-reject.ts';
import '../errors.ts';
import { callerOf } from './caller.ts';
import { checkManager } from './check-manager.ts';
import { productId } from './server-paths.ts';

const LIMIT_DEFAULT = 20;
const LIMIT_MAX = 1_000;

/** Rejects, replays and verification of a product. What changes something is for those who run the product. */
export function rejectRoutes(app: FastifyInstance, platform: Platform): void {
  app.get('/p/:product/v:major/rejects', async (request) => {
    const { product } = platform.products.get(productId(request));
    platform.access.check(product, callerOf(request), 'see-rejects');
    const { status, limit } = readQuery(request);
    const page = await platform.services.rejects.list({
      product: product.id,
      limit,
      ...(status ? { status } : {}),
    });
    return { product: product.id, total: page.total, rejects: page.rejects };
  });

  app.get('/p/:product/v:major/rejects/:id', async (request) => {
    const { product } = platform.products.get(productId(request));
    platform.access.check(product, callerOf(request), 'see-rejects');
    return platform.services.rejects.get(product.id, (request.params as { id: string }).id);
  });

  /** Body: `{ "document": "<the corrected text>" }`; without one the record is tried again as it is. */
  app.post('/p/:product/v:major/rejects/:id/replay', async (request) => {
    checkManager(platform, request);
    const { product } = platform.products.get(productId(request));
    const body = (request.body ?? {}) as { document?: unknown };
    const document = typeof body.document === 'string' ? body.document : undefined;
    return replayReject(platform.services, product, (request.params as { id: string }).id, document);
  });

  app.post('/p/:product/v:major/rejects/:id/discard', async (request) => {
    checkManager(platform, request);
    const { product } = platform.products.get(productId(request));
    await closeReject(platform.services, product, (request.params as { id: string }).id);
    return { discarded: true };
  });

  app.post('/p/:product/v:major/replay', async (request) => {
    checkManager(platform, request);
    const runtime = platform.products.get(productId(request));
    const before = platform.services.journal.head(runtime.product.id);
    if (!(await runtime.replay())) {
      throw new WharfError(
        'REPLAY_NOTHING',
        `${runtime.product.id} has no transform, so its source records are its records.`,
        {
          hint: `Rejected records are replayed with: wharf rejects ${runtime.product.id} --replay <id>`,
        },
      );
    }
    const position = platform.services.journal.head(runtime.product.id);
    return { product: runtime.product.id, position, changed: position - before };
  });

  app.post('/p/:product/v:major/verify', async (request) => {
    checkManager(platform, request);
    const runtime = platform.products.get(productId(request));
    const { product } = runtime;
    const reports = [];
    for (const { name } of product.datasets)
      reports.push({ against: 'log', ...(await platform.services.store.verify(product.id, name)) });
    const derived = await runtime.verifyDerived();
    if (derived) reports.push({ against: 'inputs', ...derived });
    return {
      product: product.id,
      ok: reports.every((r) => r.missing + r.unexpected === 0),
      datasets: reports,
    };
  });
}

function readQuery(request: FastifyRequest): { status: RejectStatus | undefined; limit: number } {
  const { status = 'open', limit = String(LIMIT_DEFAULT) } = request.query as {
    status?: string;
    limit?: string;
  };
  const known = REJECT_STATUSES.find((s) => s === status);
  if (!known && status !== 'all') {
    throw new WharfError('REQUEST_INVALID', `"${status}" is not a status of rejects.`, {
      hint: `Use one of: ${REJECT_STATUSES.join(', ')}, all.`,
    });
  }
  const count = Number(limit);
  if (!Number.isInteger(count) || count < 1 || count > LIMIT_MAX) {
    throw new WharfError('REQUEST_INVALID', `The limit "${limit}" is not a number from 1 to ${LIMIT_MAX}.`);
  }
  return { status: known, limit: count };
}
