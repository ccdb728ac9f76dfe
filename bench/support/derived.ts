import { findServer } from '../../src/runtime/find-server.ts';
import type { WharfProcess } from '../../test/support/wharf-process.ts';
import { sleep } from './measure.ts';

/** The server works for each answer as much as for a small change, so it is not asked more often. */
const POLL_MS = 20;
const WAIT_MAX_MS = 300_000;

interface Status {
  readonly products: readonly {
    readonly product: string;
    readonly tasks: readonly { readonly state: string; readonly lastError?: { readonly message: string } }[];
  }[];
}

/** Pushes records, one a line; resolves when they are on disk. */
export async function pushLines(url: string, lines: readonly string[]): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    body: `${lines.join('\n')}\n`,
    headers: { 'Content-Type': 'application/x-ndjson' },
  });
  const answer = await response.text();
  if (response.status !== 200) throw new Error(`${url} answered ${response.status}: ${answer.slice(0, 300)}`);
}

/** Until the derived product stands for all that its inputs have published. */
export async function untilCaughtUp(wharf: WharfProcess, id: string): Promise<void> {
  const startedMs = performance.now();
  for (;;) {
    const { products } = await wharf.get<Status>('/api/status');
    const tasks = products.find((product) => product.product === id)?.tasks ?? [];
    const failed = tasks.find((task) => task.lastError);
    if (failed) throw new Error(`${id}: ${failed.lastError?.message}`);
    if (tasks.length > 0 && tasks.every((task) => task.state === 'caught-up')) return;
    if (performance.now() - startedMs > WAIT_MAX_MS) throw new Error(`${id} did not catch up`);
    await sleep(POLL_MS);
  }
}

/** Has the whole of a derived product computed again. */
export async function recompute(data: string, product: string): Promise<void> {
  const server = await findServer(data);
  if (!server) throw new Error(`Nothing serves ${data}`);
  const response = await fetch(`${server.url}/p/${product}/v1/replay`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${server.secret}` },
  });
  if (!response.ok) throw new Error(`replay answered ${response.status}: ${await response.text()}`);
}
