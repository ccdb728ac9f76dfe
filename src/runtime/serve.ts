/** A mesh, served: platform and HTTP listener together, and the word in the data folder of where they are. */
import { randomBytes } from 'node:crypto';
import type { InputConnector, PushInput } from '../kit/input.ts';
import type { Port } from '../kit/port.ts';
import type { Registries, Registry } from '../kit/registry.ts';
import type { Declarations } from '../schema/options.ts';
import { type HttpServer, startHttpServer } from './http/server.ts';
import { Platform, type PlatformOptions } from './platform.ts';

export interface ServeOptions extends Omit<PlatformOptions, 'connectors'> {
  readonly registries: Registries;
  readonly host: string;
  readonly port: number;
}

export interface Serving {
  readonly platform: Platform;
  readonly url: string;
  /** Lets the operator's own commands change things; it never leaves this machine. */
  readonly secret: string;
  close(): Promise<void>;
}

export async function serve(options: ServeOptions): Promise<Serving> {
  const connectors = await loadAll<InputConnector>(options.registries.inputs);
  const ports = await loadAll<Port>(options.registries.ports);
  const platform = await Platform.open({ ...options, connectors });
  const secret = randomBytes(24).toString('base64url');
  let http: HttpServer;
  try {
    http = await startHttpServer({
      platform,
      ports: [...ports.values()],
      pushInputs: [...connectors.values()].filter((c): c is PushInput => c.kind === 'push'),
      host: options.host,
      port: options.port,
      secret,
    });
    await platform.dataFolder.describe({ url: http.url, secret });
  } catch (error) {
    await platform.close();
    throw error;
  }
  const close = async () => {
    await http.close();
    await platform.close();
  };
  return { platform, url: http.url, secret, close };
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
  const [inputs, ports] = await Promise.all([loadAll(registries.inputs), loadAll(registries.ports)]);
  return { inputs: [...inputs.values()], ports: [...ports.values()], deliveries: [] };
}
