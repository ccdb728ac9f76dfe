/** The same mesh, as Wharf serves it: one platform in a folder, on engines that many cases share. */

import { pushInput } from '../../src/inputs/push/push-input.ts';
import type { Journal } from '../../src/journal/journal.ts';
import type { StreamRecord } from '../../src/kit/reader.ts';
import { Platform } from '../../src/runtime/platform.ts';
import type { Workers } from '../../src/runtime/start-workers.ts';
import { loadTexts } from '../../src/spec/load-texts.ts';
import type { Mesh } from '../../src/spec/model.ts';
import { parseExact } from '../support/read-ports.ts';
import type { Push } from './pushed-state.ts';

const SETTLE_DEADLINE_MS = 120_000;
const POLL_MS = 4;
const PAGE = 1_000;

/** Throws with what is wrong with the specs. */
export function checkedMesh(texts: Readonly<Record<string, string>>): Mesh {
  const declarations = { inputs: [pushInput], ports: [], deliveries: [] };
  const { mesh, diagnostics } = loadTexts(texts, { declarations });
  if (!mesh) throw new Error(diagnostics.map(({ code, message }) => `${code} ${message}`).join('\n'));
  return mesh;
}

interface ServeOptions {
  readonly mesh: Mesh;
  readonly dataFolder: string;
  readonly workers: Workers;
}

export class ServedMesh {
  readonly #options: ServeOptions;
  #platform: Platform;

  private constructor(options: ServeOptions, platform: Platform) {
    this.#options = options;
    this.#platform = platform;
  }

  static async open(mesh: Mesh, dataFolder: string, workers: Workers): Promise<ServedMesh> {
    const options = { mesh, dataFolder, workers };
    return new ServedMesh(options, await openPlatform(options));
  }

  /** With another mesh on the same data, where one is given. */
  async restart(mesh: Mesh = this.#options.mesh): Promise<void> {
    await this.#platform.close();
    this.#platform = await openPlatform({ ...this.#options, mesh });
  }

  /** What consumers see. */
  position(product: string): number {
    return this.#platform.reader(idOf(product)).publishedPosition();
  }

  /** Until the product has stopped with an error. */
  async failure(product: string): Promise<{ readonly code: string; readonly message: string }> {
    const deadline = performance.now() + SETTLE_DEADLINE_MS;
    for (;;) {
      const [task] = this.#platform.products.get(idOf(product)).tasks();
      if (task?.state === 'failed' && task.lastError) return task.lastError;
      if (performance.now() > deadline) throw new Error(`${product} does not fail: ${JSON.stringify(task)}`);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  async flush(product: string): Promise<void> {
    await this.#platform.services.store.flush(idOf(product));
  }

  /** Throws when anything of it was rejected. */
  async push(product: string, { op, records }: Push, input = 'source'): Promise<void> {
    const bytes = Buffer.from(records.map((record) => `${record}\n`).join(''));
    const slices = [{ bytes, framing: { format: 'ndjson' as const }, line: 1 }];
    const target = { product: idOf(product), input, op, idempotency: undefined };
    const { rejected } = await this.#platform.push.submit({ ...target, slices });
    if (rejected.length > 0) throw new Error(`${product} rejected ${JSON.stringify(rejected)}`);
  }

  /** Until every derived product is what its inputs are. Throws with what went wrong in one. */
  async settle(): Promise<void> {
    const deadline = performance.now() + SETTLE_DEADLINE_MS;
    for (;;) {
      const tasks = [...this.#platform.products.declared.values()].flatMap((product) => product.tasks());
      if (tasks.every(({ state }) => state === 'caught-up')) return;
      const failed = tasks.find(({ state }) => state === 'failed');
      if (failed)
        throw new Error(`${failed.task} failed: ${failed.lastError?.code} ${failed.lastError?.message}`);
      if (performance.now() > deadline) throw new Error(`It does not come to rest: ${JSON.stringify(tasks)}`);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  async rows(product: string): Promise<unknown[]> {
    const reader = await this.#platform.reader(idOf(product)).at(undefined);
    const rows: unknown[] = [];
    let after: readonly (string | null)[] | undefined;
    do {
      const page = await reader.rows(datasetOf(product), {
        order: [],
        limit: PAGE,
        ...(after ? { after } : {}),
      });
      rows.push(...page.rows.map(parseExact));
      after = page.next;
    } while (after);
    return rows;
  }

  /** All records that consumers may see, from the first one. */
  async records(product: string): Promise<StreamRecord[]> {
    const reader = this.#platform.reader(idOf(product));
    const last = reader.publishedPosition();
    const records: StreamRecord[] = [];
    if (last === 0) return records;
    const stop = new AbortController();
    for await (const batch of reader.follow({ from: 'earliest', signal: stop.signal })) {
      records.push(...batch);
      if ((batch.at(-1)?.position ?? 0) >= last) break;
    }
    stop.abort();
    return records;
  }

  /** What `read` makes of the product's records in the journal. */
  journaled<T>(product: string, read: (journal: Journal, stream: string) => T): T {
    return read(this.#platform.services.journal, idOf(product));
  }

  /** `wharf verify` of a derived product: rows on one side alone. */
  async wrongRows(product: string): Promise<number> {
    const report = await this.#platform.products.get(idOf(product)).verifyDerived();
    if (!report) throw new Error(`${product} is not derived`);
    return report.missing + report.unexpected;
  }

  async close(): Promise<void> {
    await this.#platform.close();
  }
}

function openPlatform(options: ServeOptions): Promise<Platform> {
  return Platform.open({ ...options, connectors: new Map([[pushInput.name, pushInput]]) });
}

/** Products of the domain `test` go without it. */
function idOf(product: string): string {
  return `${product.includes('.') ? '' : 'test.'}${product}@1`;
}

function datasetOf(product: string): string {
  return product.slice(product.indexOf('.') + 1);
}
