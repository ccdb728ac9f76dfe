/** How a command reaches the data: the server that is up on the data folder, else one of its own that captures nothing. */
import { messageOf, WharfError } from '../base/errors.ts';
import { findServer } from '../runtime/find-server.ts';
import { asProblem } from './as-problem.ts';
import { type CommandContext, UsageError } from './command.ts';
import { dataFolderOf, meshFolder } from './mesh-folder.ts';
import { meshInvalid } from './mesh-invalid.ts';

const ANSWER_DEADLINE_MS = 600_000;

export interface Connection {
  readonly url: string;
  /** True when a server was up; false when this command opened the data itself. */
  readonly running: boolean;
  /** Calls the HTTP interface. Throws the WharfError that a problem document stands for. */
  call<T>(method: 'GET' | 'POST', path: string, body?: unknown): Promise<T>;
  /** The same, with the answer as it comes; a path below `url`. */
  fetch(path: string, init: RequestInit): Promise<Response>;
  close(): Promise<void>;
}

export async function connect(context: CommandContext): Promise<Connection> {
  const folder = meshFolder(context.options.mesh as string | undefined);
  const dataFolder = dataFolderOf(folder, context.options.data);
  const server = await findServer(dataFolder);
  if (server) return connectionTo(server.url, server.secret, true, async () => undefined);
  // What serves is large; who only asks a server does not wait for it.
  const { checkMesh } = await import('../runtime/check/check-mesh.ts');
  const { serve } = await import('../runtime/serve.ts');
  const { mesh, diagnostics } = await checkMesh(folder, context.registries);
  if (!mesh) throw meshInvalid(diagnostics);
  const serving = await serve({
    mesh,
    dataFolder,
    registries: context.registries,
    host: '127.0.0.1',
    port: 0,
    capture: false,
  });
  return connectionTo(serving.url, serving.secret, false, () => serving.close());
}

function connectionTo(url: string, secret: string, running: boolean, close: () => Promise<void>): Connection {
  const ask = async (path: string, init: RequestInit) => {
    try {
      return await fetch(`${url}${path}`, {
        ...init,
        headers: { ...init.headers, Authorization: `Bearer ${secret}` },
      });
    } catch (thrown) {
      if (thrown instanceof DOMException && thrown.name === 'AbortError') throw thrown;
      throw new WharfError('INTERNAL', `The server at ${url} did not answer: ${messageOf(thrown)}.`, {
        hint: 'Is it still up? wharf status tells.',
        cause: thrown,
      });
    }
  };
  return {
    url,
    running,
    close,
    fetch: ask,
    async call(method, path, body) {
      const response = await ask(path, {
        method,
        headers: {
          Accept: 'application/json',
          ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(ANSWER_DEADLINE_MS),
      });
      if (!response.ok) throw await asProblem(response);
      return (await response.json()) as never;
    },
  };
}

/** `/p/flights.departures/v1` of what a person calls a product: `flights.departures`, `flights.departures@1`. */
export function productPath(name: string | undefined): string {
  const match = /^([a-z0-9.-]+?)(?:@(\d+))?$/.exec(name ?? '');
  if (!match)
    throw new UsageError(`"${name ?? ''}" is not a product.`, 'Name it as domain.name or domain.name@major.');
  return `/p/${match[1]}/v${match[2] ?? '1'}`;
}
