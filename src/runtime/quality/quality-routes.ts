import type { FastifyInstance, FastifyRequest } from 'fastify';
import { WharfError } from '../../base/errors.ts';
import { checksProduct } from '../../catalog/system/checks.ts';
import { openMetricsText } from '../../quality/open-metrics.ts';
import { checkOperator } from '../http/check-operator.ts';
import { productId } from '../http/server-paths.ts';
import type { Platform } from '../platform.ts';
import './errors.ts';
import { checkHistory, HISTORY_LIMIT_MAX } from './check-history.ts';
import { type Incident, incidents } from './incidents.ts';
import { metricFamilies } from './metrics.ts';
import { qualityReport } from './quality-report.ts';
import { sloDocument } from './slo-document.ts';
import { LoopDelay } from './system-metrics.ts';

const OPEN_METRICS = 'application/openmetrics-text; version=1.0.0; charset=utf-8';
const HISTORY_LIMIT_DEFAULT = 100;
const REASON_LENGTH_MAX = 1_000;

/** What the checks of a product found, and letting through what they refused. */
export function qualityRoutes(app: FastifyInstance, platform: Platform): void {
  app.get('/p/:product/v:major/quality', async (request, reply) => {
    const runtime = platform.product(productId(request));
    const report = qualityReport(platform, runtime);
    reply.header('Vary', 'Accept').header('Cache-Control', 'no-cache');
    return reply.send(report);
  });

  /** What one check found over time; `gate` is the check of what was let through. */
  app.get('/p/:product/v:major/quality/:check', async (request, reply) => {
    const { product } = platform.product(productId(request));
    const { check } = request.params as { check: string };
    reply.header('Cache-Control', 'no-cache');
    const results = await checkHistory(platform.services, product.id, check, limitOf(request));
    return { product: product.id, check, results };
  });

  app.get('/p/:product/v:major/slo', async (request, reply) => {
    reply.header('Cache-Control', 'no-cache');
    return sloDocument(platform, platform.product(productId(request)));
  });

  let known: { readonly head: number; readonly found: Promise<Incident[]> } | undefined;
  app.get('/api/incidents', async (_request, reply) => {
    const head = platform.services.journal.head(checksProduct.id);
    // Read anew when a check has found something else; one that fails is asked again.
    if (known?.head !== head) {
      const found = incidents(platform.services);
      known = { head, found };
      found.catch(() => {
        if (known?.found === found) known = undefined;
      });
    }
    reply.header('Cache-Control', 'no-cache');
    return { incidents: await known.found };
  });

  const delay = new LoopDelay();
  app.addHook('onClose', async () => delay.close());
  app.get('/metrics', async (_request, reply) =>
    reply.type(OPEN_METRICS).send(openMetricsText(await metricFamilies(platform, delay))),
  );

  app.post('/api/alerts/test', async (request) => {
    checkOperator(request);
    return { alerts: await platform.alerts.test() };
  });

  /** Body: `{ "reason": "..." }`. */
  app.post('/p/:product/v:major/release', async (request) => {
    checkOperator(request);
    const { product, checks } = platform.product(productId(request));
    const { reason } = (request.body ?? {}) as { reason?: unknown };
    if (typeof reason !== 'string' || reason.trim() === '' || reason.length > REASON_LENGTH_MAX)
      throw new WharfError(
        'RELEASE_REASON',
        `A release needs a reason of 1 to ${REASON_LENGTH_MAX} characters.`,
        { hint: `wharf release ${product.id} --reason "the source is right, the check is too strict"` },
      );
    if (!checks)
      throw new WharfError(
        'GATE_NOT_HELD',
        `There is nothing to release of ${product.id}: it has no checks.`,
      );
    return { product: product.id, position: await checks.release(reason.trim()) };
  });
}

function limitOf(request: FastifyRequest): number {
  const { limit = String(HISTORY_LIMIT_DEFAULT) } = request.query as { limit?: string };
  const count = Number(limit);
  if (Number.isInteger(count) && count >= 1 && count <= HISTORY_LIMIT_MAX) return count;
  throw new WharfError(
    'REQUEST_INVALID',
    `The limit "${limit}" is not a number from 1 to ${HISTORY_LIMIT_MAX}.`,
  );
}
