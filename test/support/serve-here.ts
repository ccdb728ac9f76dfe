import path from 'node:path';
import type { Clock } from '../../src/base/clock.ts';
import type { Log } from '../../src/base/log.ts';
import { deliveries } from '../../src/deliver/index.ts';
import { inputs } from '../../src/inputs/index.ts';
import { ports } from '../../src/ports/index.ts';
import { checkMesh } from '../../src/runtime/check/check-mesh.ts';
import { type Serving, serve } from '../../src/runtime/serve.ts';

/** Serves a mesh by a clock that the test moves; engines and threads are processes and threads, as always. The SQL port listens where `sqlPort` is given. */
export async function serveHere(
  folder: string,
  clock: Clock,
  sqlPort?: number,
  log?: Log,
  host = '127.0.0.1',
): Promise<Serving> {
  const registries = { inputs, ports, deliveries };
  const { mesh, diagnostics } = await checkMesh(folder, registries);
  if (!mesh) throw new Error(`the mesh is not valid: ${JSON.stringify(diagnostics, undefined, 2)}`);
  const dataFolder = path.join(folder, '.wharf');
  return serve({
    mesh,
    dataFolder,
    registries,
    host,
    port: 0,
    clock,
    ...(sqlPort === undefined ? {} : { sqlPort }),
    ...(log === undefined ? {} : { log }),
  });
}
