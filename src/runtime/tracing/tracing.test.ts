/** Traces, as a collector gets them. */
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import Fastify from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../base/clock.ts';
import { silentLog } from '../../base/log.ts';
import { startTracing } from './start-tracing.ts';
import { traceRequests } from './trace-requests.ts';
import { Tracer } from './tracer.ts';

interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly { key: string; value: Record<string, unknown> }[];
  readonly status: { code?: number; message?: string };
}

const CALLER = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' };

describe('traces', () => {
  let collector: Server;
  let bodies: { headers: IncomingHttpHeaders; body: string }[] = [];
  let answers: number[] = [];
  let url = '';

  beforeEach(async () => {
    bodies = [];
    answers = [];
    collector = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const status = request.url === '/v1/traces' ? (answers.shift() ?? 200) : 404;
      if (status === 200)
        bodies.push({ headers: request.headers, body: Buffer.concat(chunks).toString('utf8') });
      response.writeHead(status).end();
    });
    await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;
  });
  afterEach(() => new Promise((resolve) => collector.close(resolve)));

  const start = (more: Record<string, string> = {}) =>
    startTracing({ OTEL_EXPORTER_OTLP_ENDPOINT: `${url}/`, ...more }, systemClock, silentLog);
  const spans = (): Span[] =>
    bodies.flatMap(({ body }) =>
      (JSON.parse(body).resourceSpans as { scopeSpans: { spans: Span[] }[] }[]).flatMap(({ scopeSpans }) =>
        scopeSpans.flatMap((scope) => scope.spans),
      ),
    );

  it('show a request below its caller, and what it did below the request', async () => {
    const tracing = start({ OTEL_EXPORTER_OTLP_HEADERS: 'x-key=a%20b', OTEL_SERVICE_NAME: 'shop' });
    const app = Fastify();
    traceRequests(app, tracing.tracer);
    app.get('/p/:product/v:major/rows/:key', async (_request, reply) => {
      await tracing.tracer.span('inner', { n: 3 }, async () => undefined);
      return reply.header('Wharf-Position', '7').send('ok');
    });
    const headers = { traceparent: `00-${CALLER.traceId}-${CALLER.spanId}-01` };
    await app.inject({ url: '/p/shop.items/v1/rows/secret-key', headers });
    await app.inject({
      url: '/p/shop.items/v1/rows/1',
      headers: { traceparent: headers.traceparent.replace(/01$/, '00') },
    });
    await tracing.stop();

    const [inner, request, ...others] = spans();
    expect(others).toEqual([]);
    expect(request).toMatchObject({
      traceId: CALLER.traceId,
      parentSpanId: CALLER.spanId,
      name: 'GET /p/:product/v:major/rows/:key',
      kind: 2,
      status: {},
    });
    expect(request?.attributes).toContainEqual({
      key: 'wharf.product',
      value: { stringValue: 'shop.items@1' },
    });
    expect(request?.attributes).toContainEqual({ key: 'wharf.position', value: { stringValue: '7' } });
    expect(request?.attributes).toContainEqual({
      key: 'http.response.status_code',
      value: { intValue: '200' },
    });
    expect(inner).toMatchObject({
      traceId: CALLER.traceId,
      parentSpanId: request?.spanId,
      name: 'inner',
      kind: 1,
    });
    expect(BigInt(request?.endTimeUnixNano ?? 0)).toBeGreaterThanOrEqual(
      BigInt(request?.startTimeUnixNano ?? 1),
    );
    expect(bodies[0]?.headers['x-key']).toBe('a b');
    expect(bodies[0]?.body).toContain('{"key":"service.name","value":{"stringValue":"shop"}}');
    expect(bodies[0]?.body).not.toContain('secret-key');
  });

  it('are sent again when the collector was not there, and say what failed', async () => {
    const tracing = start();
    answers = [503];
    const failing = tracing.tracer.span('work', {}, () => Promise.reject(new Error('it broke')));
    await expect(failing).rejects.toThrow('it broke');
    await expect.poll(() => answers).toEqual([]);
    await tracing.stop();
    expect(spans()).toMatchObject([{ name: 'work', status: { code: 2, message: 'it broke' } }]);
    expect(spans()[0]?.parentSpanId).toBeUndefined();
  });

  it('are not recorded without a collector, nor where the share is 0', async () => {
    const tracing = start({ OTEL_TRACES_SAMPLER_ARG: '0' });
    await tracing.tracer.span('work', {}, async () => undefined);
    await tracing.stop();
    expect(await new Tracer().span('work', {}, async () => 5)).toBe(5);
    expect(bodies).toEqual([]);
  });

  it.each([
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318' }],
    [{ OTEL_TRACES_SAMPLER_ARG: '2' }],
    [{ OTEL_EXPORTER_OTLP_HEADERS: 'token' }],
  ])('are refused by name when they cannot be sent as told: %j', (environment) => {
    expect(() => start(environment)).toThrow(expect.objectContaining({ code: 'TRACING_INVALID' }));
  });
});
