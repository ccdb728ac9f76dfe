import type { FastifyInstance, FastifyRequest } from 'fastify';
import { parseTraceParent } from './span.ts';
import type { OpenSpan, Tracer } from './tracer.ts';

/** A span a request. Its name is the route and not the path, which holds keys and so could tell of people. */
export function traceRequests(app: FastifyInstance, tracer: Tracer): void {
  const spans = new WeakMap<FastifyRequest, OpenSpan>();
  app.addHook('onRequest', (request, _reply, done) => {
    const header = request.headers.traceparent;
    const route = request.routeOptions.url ?? '(none)';
    const { product, major } = (request.params ?? {}) as { product?: string; major?: string };
    const span = tracer.begin(`${request.method} ${route}`, {
      kind: 'server',
      remote: parseTraceParent(typeof header === 'string' ? header : undefined),
      attributes: {
        'http.request.method': request.method,
        'http.route': route,
        ...(product === undefined ? {} : { 'wharf.product': `${product}${major ? `@${major}` : ''}` }),
      },
    });
    spans.set(request, span);
    span.around(done);
  });
  app.addHook('onResponse', (request, reply, done) => {
    const span = spans.get(request);
    const { statusCode } = reply;
    const position = reply.getHeader('Wharf-Position');
    span?.set({
      'http.response.status_code': statusCode,
      ...(position === undefined ? {} : { 'wharf.position': String(position) }),
    });
    span?.end(statusCode >= 500 ? `answered ${statusCode}` : undefined);
    done();
  });
}
