/** The HTTP listener: guards, error answers, the routes of ports and push inputs, and the platform's own. */
import type { RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server as TlsServer } from 'node:tls';
import websocket from '@fastify/websocket';
import Fastify, { type FastifyInstance } from 'fastify';
import { codeOf, messageOf, WharfError } from '../../base/errors.ts';
import type { PushInput } from '../../kit/input.ts';
import type { HttpPort } from '../../kit/port.ts';
import type { SqlHost } from '../../kit/sql.ts';
import { accessRoutes } from '../access/access-routes.ts';
import { auditChanges } from '../access/audit-changes.ts';
import { hideProducts } from '../access/hide-products.ts';
import { requireAction } from '../access/require-action.ts';
import { tokenRoutes } from '../access/token-routes.ts';
import { whoRoute } from '../access/who-route.ts';
import { historyRoutes } from '../catalog/history-routes.ts';
import '../errors.ts';
import { leavingsRoutes } from '../capture/leavings-routes.ts';
import { deliveryRoutes } from '../deliver/delivery-routes.ts';
import { lineageRoutes } from '../lineage/lineage-routes.ts';
import type { Platform } from '../platform.ts';
import { profileRoutes } from '../profile/profile-routes.ts';
import { warnWhenHeld } from '../quality/held-warning.ts';
import { measurePort } from '../quality/measure-port.ts';
import { qualityRoutes } from '../quality/quality-routes.ts';
import { sqlRoutes } from '../sql/sql-routes.ts';
import { traceRequests } from '../tracing/trace-requests.ts';
import { knowCallers } from './caller.ts';
import type { TlsOptions } from './certificate.ts';
import { compressAnswers } from './compress-answers.ts';
import { embedPage } from './embed-page.ts';
import { checkHost, isNameOf } from './guard.ts';
import { newListener } from './listener.ts';
import { meshRoutes } from './mesh-routes.ts';
import { portHost } from './port-host.ts';
import { problemHandler, Teller } from './problem.ts';
import { productRoutes } from './product-routes.ts';
import type { Terms } from './public-address.ts';
import { PushGate } from './push-gate.ts';
import { rejectRoutes } from './reject-routes.ts';
import { systemRoutes } from './system-routes.ts';
import { webPages } from './web-pages.ts';

const BODY_BYTES_MAX = 1024 * 1024;
/** Connections that wait to be taken; the kernel may allow fewer. Beyond it a crowd that comes at once is cut off, and told nothing. */
const BACKLOG = 4_096;
const URL_LENGTH_MAX = 16 * 1024;

export interface HttpServerOptions {
  readonly platform: Platform;
  readonly ports: readonly HttpPort[];
  readonly sql: SqlHost;
  /** Where Postgres clients connect; undefined while nothing listens for them. */
  readonly sqlPort: () => number | undefined;
  readonly pushInputs: readonly PushInput[];
  readonly host: string;
  /** 0 takes any free one. */
  readonly port: number;
  readonly terms: Terms;
  /** Needed for calls that change something other than by push. */
  readonly secret: string;
}

export interface HttpServer {
  /** `http://127.0.0.1:7400` */
  readonly url: string;
  /** The same on the loopback and in clear, for commands on this machine. */
  readonly localUrl: string;
  /** Another certificate from now on. */
  readonly renew: (options: TlsOptions) => void;
  close(): Promise<void>;
}

const LOCAL = '127.0.0.1';
/** Addresses that stand for all that a machine has. */
const ALL_ADDRESSES = ['0.0.0.0', '::'];

/** Throws LISTEN_FAILED. */
export async function startHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const { host, port, terms } = options;
  const teller = new Teller(options.platform.services.log);
  const gate = new PushGate(teller);
  const app = buildApp(options, teller, gate);
  try {
    await app.listen({ host, port, backlog: BACKLOG });
  } catch (thrown) {
    const inUse = codeOf(thrown) === 'EADDRINUSE';
    throw new WharfError('LISTEN_FAILED', `Could not listen on ${host}:${port}: ${messageOf(thrown)}.`, {
      hint: inUse
        ? 'Another program uses the port: choose one with --port, or 0 for any free one.'
        : 'Choose another --host or --port.',
      cause: thrown,
    });
  }
  const url = urlOf(host, (app.server.address() as AddressInfo).port, terms);
  const renew = (options: TlsOptions) =>
    app.server instanceof TlsServer && app.server.setSecureContext(options);
  if (!terms.certificate) return { url, localUrl: url, renew, close: () => app.close() };
  const local = await listenLocally(newListener(gate.before(app.routing), { teller }));
  const close = async () => {
    local.close();
    await app.close();
  };
  return { url, localUrl: local.url, renew, close };
}

function urlOf(host: string, port: number, { certificate }: Terms): string {
  const name = ALL_ADDRESSES.includes(host) ? (certificate?.name ?? host) : host;
  return `${certificate ? 'https' : 'http'}://${name.includes(':') ? `[${name}]` : name}:${port}`;
}

/** Commands find the server by the data folder, and need not trust its certificate. */
async function listenLocally(server: Server): Promise<{ readonly url: string; close(): void }> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, LOCAL, resolve);
  });
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://${LOCAL}:${(server.address() as AddressInfo).port}`, close };
}

function buildApp(options: HttpServerOptions, teller: Teller, gate: PushGate): FastifyInstance {
  const { certificate, needsToken } = options.terms;
  const app = newApp((handler) => newListener(gate.before(handler), { teller, tls: certificate?.options }));
  const isOurs = (name: string) => isNameOf(options.host, name) || certificate?.names(name) === true;
  app.addHook('onRequest', async (request, reply) => {
    checkHost(request, isOurs);
    reply.headers({
      'X-Content-Type-Options': 'nosniff',
      'Referrer-Policy': 'no-referrer',
      'Cross-Origin-Resource-Policy': 'same-origin',
    });
  });
  const { tokens, openId } = options.platform;
  knowCallers(app, { tokens, openId, secret: options.secret, needsToken });
  traceRequests(app, options.platform.services.tracer);
  app.setErrorHandler(problemHandler(teller));
  app.setNotFoundHandler((request) => {
    throw new WharfError('PATH_UNKNOWN', `Nothing is served at "${request.url.split('?')[0]}".`, {
      hint: 'All products are listed at /api/products, each with its links.',
    });
  });
  app.register(websocket, { options: { maxPayload: 64 * 1024 } });
  app.register(async (scope) => addRoutes(scope, options, gate));
  return app;
}

function newApp(listener: (handler: RequestListener) => Server): FastifyInstance {
  return Fastify({
    logger: false,
    bodyLimit: BODY_BYTES_MAX,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: URL_LENGTH_MAX, ignoreTrailingSlash: true },
    serverFactory: listener,
    // The listener tells what is wrong with what is no request.
    clientErrorHandler: () => undefined,
  });
}

async function addRoutes(app: FastifyInstance, options: HttpServerOptions, gate: PushGate): Promise<void> {
  const { platform } = options;
  webPages(app);
  compressAnswers(app);
  hideProducts(app, platform);
  embedPage(app, platform);
  auditChanges(app, platform);
  warnWhenHeld(app, platform);
  systemRoutes(app, platform);
  leavingsRoutes(app, platform);
  meshRoutes(app, platform, options.sqlPort);
  productRoutes(app, platform);
  sqlRoutes(app, options.sql);
  profileRoutes(app, platform, options.sql);
  lineageRoutes(app, platform);
  historyRoutes(app, platform);
  rejectRoutes(app, platform);
  qualityRoutes(app, platform);
  deliveryRoutes(app, platform);
  accessRoutes(app, platform);
  tokenRoutes(app, platform.tokens);
  whoRoute(app);
  const host = (port: HttpPort) => portHost(platform, options.ports, port);
  for (const port of options.ports) {
    for (const prefix of ['/p/:product/v:major', '/p/:product/v:major/d/:dataset']) {
      await app.register(
        async (scope) => {
          measurePort(scope, port.name, platform.ports, (id) => platform.products.declared.has(id));
          port.routes(scope, host(port));
        },
        { prefix },
      );
    }
  }
  for (const input of options.pushInputs) {
    await app.register(
      async (scope) => {
        requireAction(scope, platform, 'push');
        gate.guard(scope);
        input.routes(scope, platform.push);
      },
      { prefix: '/p/:product/v:major/inputs/:input' },
    );
  }
}
