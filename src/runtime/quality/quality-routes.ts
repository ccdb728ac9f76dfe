import type { FastifyInstance, FastifyRequest } from 'fastify';
import { WharfError } from '../../base/errors.ts';
import { checksProduct } from '../../catalog/system/checks.ts';
import { type Family, openMetricsText, type Sample } from '../../quality/open-metrics.ts';
import type { Product } from '../../spec/model.ts';
import type { Asker } from '../access/asker.ts';
import { callerOf } from '../http/caller.ts';
import { checkManager } from '../http/check-manager.ts';
import { checkOperator } from '../http/check-operator.ts';
import { productId } from '../http/server-paths.ts';
import type { Platform } from '../platform.ts';
import { UNTOLD, withoutValues } from './without-values.ts';
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
  /** What a check found may quote values of rows. */
  const seesValues = (request: FastifyRequest, product: Product) =>
    platform.access.allowsAll(product, callerOf(request), 'read');

  app.get('/p/:product/v:major/quality', async (request, reply) => {
    const runtime = platform.products.get(productId(request));
    const report = qualityReport(platform, runtime, seesValues(request, runtime.product));
    reply.header('Vary', 'Accept').header('Cache-Control', 'no-cache');
    return reply.send(report);
  });

  /** What one check found over time; `gate` is the check of what was let through. */
  app.get('/p/:product/v:major/quality/:check', async (request, reply) => {
    const { product } = platform.products.get(productId(request));
    const { check } = request.params as { check: string };
    reply.header('Cache-Control', 'no-cache');
    const found = await checkHistory(platform.services, product.id, check, limitOf(request));
    const results = seesValues(request, product) ? found : found.map(withoutValues);
    return { product: product.id, check, results };
  });

  app.get('/p/:product/v:major/slo', async (request, reply) => {
    reply.header('Cache-Control', 'no-cache');
    return sloDocument(platform, platform.products.get(productId(request)));
  });

  let known: { readonly head: number; readonly found: Promise<Incident[]> } | undefined;
  app.get('/api/incidents', async (request, reply) => {
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
    const found = await known.found;
    const seen = new Map(platform.access.seen(callerOf(request)).map((product) => [product.id, product]));
    return {
      incidents: found.flatMap((incident) => {
        const product = seen.get(incident.product);
        if (!product) return [];
        return [seesValues(request, product) ? incident : { ...incident, message: UNTOLD }];
      }),
    };
  });

  const delay = new LoopDelay();
  app.addHook('onClose', async () => delay.close());
  app.get('/metrics', async (request, reply) => {
    const families = await metricFamilies(platform, delay);
    return reply
      .type(OPEN_METRICS)
      .send(openMetricsText(seenFamilies(platform, callerOf(request), families)));
  });

  app.post('/api/alerts/test', async (request) => {
    checkOperator(request);
    return { alerts: await platform.alerts.test() };
  });

  /** Body: `{ "reason": "..." }`. */
  app.post('/p/:product/v:major/release', async (request) => {
    checkManager(platform, request);
    const { product, checks } = platform.products.get(productId(request));
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

/** Of all products, those that somebody may know of. */
function seenFamilies({ access, products }: Platform, asker: Asker, families: readonly Family[]): Family[] {
  const seen = new Set(access.seen(asker).map(({ id }) => id));
  const isSeen = ({ labels }: Sample) =>
    labels?.product === undefined || !products.declared.has(labels.product) || seen.has(labels.product);
  return families.map((family) => ({ ...family, samples: family.samples.filter(isSeen) }));
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
