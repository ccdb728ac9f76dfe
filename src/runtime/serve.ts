/** A mesh, served: platform and HTTP listener together, and the word in the data folder of where they are. */
import { randomBytes } from 'node:crypto';
import { systemClock } from '../base/clock.ts';
import type { DeliveryConnector } from '../kit/delivery.ts';
import type { InputConnector, PushInput } from '../kit/input.ts';
import type { HttpPort, Port } from '../kit/port.ts';
import { loadAll, type Registries } from '../kit/registry.ts';
import type { SqlHost, SqlListener, SqlPort, SqlTls } from '../kit/sql.ts';
import type { TlsFiles } from '../spec/model.ts';
import { Certificate } from './http/certificate.ts';
import { isLoopback } from './http/guard.ts';
import { checkAddress, type Terms } from './http/public-address.ts';
import { type HttpServer, startHttpServer } from './http/server.ts';
import { Platform, type PlatformOptions } from './platform.ts';
import { openSql } from './sql/open-sql.ts';

export interface ServeOptions extends Omit<PlatformOptions, 'connectors' | 'destinations'> {
  readonly registries: Registries;
  readonly host: string;
  readonly port: number;
  /** Where the SQL port listens, 0 for any free one; undefined: it does not. */
  readonly sqlPort?: number;
  /** In place of what the mesh says. */
  readonly tls?: TlsFiles | undefined;
}

export interface Serving {
  readonly platform: Platform;
  readonly url: string;
  /** `postgres://127.0.0.1:7432/skyline`; undefined where no SQL port listens. */
  readonly sqlUrl: string | undefined;
  /** Lets the operator's own commands change things; it never leaves this machine. */
  readonly secret: string;
  close(): Promise<void>;
}

export async function serve(options: ServeOptions): Promise<Serving> {
  const terms = await termsOf(options);
  const connectors = await loadAll<InputConnector>(options.registries.inputs);
  const ports = await loadAll<Port>(options.registries.ports);
  const destinations = await loadAll<DeliveryConnector>(options.registries.deliveries);
  const platform = await Platform.open({ ...options, connectors, destinations });
  const secret = randomBytes(24).toString('base64url');
  const clock = options.clock ?? systemClock;
  const sql = openSql(platform, { clock, needsToken: terms.needsToken });
  let http: HttpServer | undefined;
  let listener: SqlListener | undefined;
  const close = async () => {
    terms.certificate?.close();
    await listener?.close();
    await http?.close();
    await sql.close();
    await platform.close();
  };
  try {
    http = await startHttpServer({
      platform,
      ports: [...ports.values()].filter((port): port is HttpPort => port.kind === 'http'),
      sql: sql.host,
      sqlPort: () => listener?.port,
      pushInputs: [...connectors.values()].filter((c): c is PushInput => c.kind === 'push'),
      host: options.host,
      port: options.port,
      terms,
      secret,
    });
    listener = await listenForSql(options, ports, { ...sql.host, tls: sqlTls(options.host, terms) });
    const { renew } = http;
    terms.certificate?.renew(clock, platform.services.log, renew);
    await platform.dataFolder.describe({ url: http.localUrl, secret });
  } catch (error) {
    await close();
    throw error;
  }
  const sqlUrl = listener && sqlUrlOf(http.url, listener.port, sql.host);
  return { platform, url: http.url, sqlUrl, secret, close };
}

/** Throws CERTIFICATE_INVALID, LISTEN_FAILED: before anything is opened. */
async function termsOf({ mesh, host, tls = mesh.serve.tls }: ServeOptions): Promise<Terms> {
  const terms = { certificate: tls && (await Certificate.open(tls)), needsToken: mesh.serve.needsToken };
  checkAddress(host, terms);
  return terms;
}

/** The certificate is asked for at each connection, since it may be another by then. */
function sqlTls(host: string, { certificate }: Terms): SqlTls | undefined {
  if (!certificate) return undefined;
  return {
    get context() {
      return certificate.context;
    },
    isNeeded: !isLoopback(host),
  };
}

/** At the host of the HTTP port. */
function sqlUrlOf(httpUrl: string, port: number, { mesh }: SqlHost): string {
  const { protocol, hostname } = new URL(httpUrl);
  return `postgres://${hostname}:${port}/${mesh}${protocol === 'https:' ? '?sslmode=require' : ''}`;
}

async function listenForSql(
  { host, sqlPort }: ServeOptions,
  ports: ReadonlyMap<string, Port>,
  sqlHost: SqlHost,
): Promise<SqlListener | undefined> {
  const port = [...ports.values()].find((candidate): candidate is SqlPort => candidate.kind === 'sql');
  if (sqlPort === undefined || !port) return undefined;
  return port.listen(sqlHost, { host, port: sqlPort });
}
