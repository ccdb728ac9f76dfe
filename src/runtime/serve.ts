/** A mesh, served: platform and HTTP listener together, and the word in the data folder of where they are. */
import { randomBytes } from 'node:crypto';
import { systemClock } from '../base/clock.ts';
import type { DeliveryConnector } from '../kit/delivery.ts';
import type { InputConnector, PushInput } from '../kit/input.ts';
import type { HttpPort, Port } from '../kit/port.ts';
import type { Registries, Registry } from '../kit/registry.ts';
import type { SqlListener, SqlPort, SqlTls } from '../kit/sql.ts';
import type { Declarations } from '../schema/options.ts';
import { type HttpServer, startHttpServer } from './http/server.ts';
import { Platform, type PlatformOptions } from './platform.ts';
import { type OpenedSql, openSql } from './sql/open-sql.ts';

export interface ServeOptions extends Omit<PlatformOptions, 'connectors' | 'destinations'> {
  readonly registries: Registries;
  readonly host: string;
  readonly port: number;
  /** Where the SQL port listens, 0 for any free one; undefined: it does not. */
  readonly sqlPort?: number;
  /** Undefined: the SQL port speaks in clear only. */
  readonly sqlTls?: SqlTls | undefined;
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
  const connectors = await loadAll<InputConnector>(options.registries.inputs);
  const ports = await loadAll<Port>(options.registries.ports);
  const destinations = await loadAll<DeliveryConnector>(options.registries.deliveries);
  const platform = await Platform.open({ ...options, connectors, destinations });
  const secret = randomBytes(24).toString('base64url');
  const sql = openSql(platform, options.clock ?? systemClock);
  let http: HttpServer | undefined;
  let listener: SqlListener | undefined;
  const close = async () => {
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
      secret,
    });
    listener = await listenForSql(options, ports, sql);
    await platform.dataFolder.describe({ url: http.url, secret });
  } catch (error) {
    await close();
    throw error;
  }
  const sqlUrl = listener && `postgres://${options.host}:${listener.port}/${sql.host.mesh}`;
  return { platform, url: http.url, sqlUrl, secret, close };
}

async function listenForSql(
  { host, sqlPort, sqlTls }: ServeOptions,
  ports: ReadonlyMap<string, Port>,
  sql: OpenedSql,
): Promise<SqlListener | undefined> {
  const port = [...ports.values()].find((candidate): candidate is SqlPort => candidate.kind === 'sql');
  if (sqlPort === undefined || !port) return undefined;
  return port.listen({ ...sql.host, tls: sqlTls }, { host, port: sqlPort });
}

/** Loads every entry of a lazy table. */
export async function loadAll<T>(registry: Registry<T>): Promise<Map<string, T>> {
  const entries = await Promise.all(
    Object.entries(registry).map(async ([name, load]) => [name, await load()] as const),
  );
  return new Map(entries);
}

/** What specs may name, of everything that is registered. */
export async function loadDeclarations(registries: Registries): Promise<Declarations> {
  const [inputs, ports, deliveries] = await Promise.all([
    loadAll(registries.inputs),
    loadAll(registries.ports),
    loadAll(registries.deliveries),
  ]);
  return {
    inputs: [...inputs.values()],
    ports: [...ports.values()],
    deliveries: [...deliveries.values()],
  };
}
