/** What every task of a platform works with, opened in a data folder that this process holds, and closed in the opposite order. */
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Engine } from '../engine/engine.ts';
import { openJournal } from '../journal/open-journal.ts';
import type { Mesh } from '../spec/model.ts';
import { openStore } from '../store/open-store.ts';
import type { Services } from './capture/services.ts';
import { ShortTurns } from './derive/short-turns.ts';
import { Published } from './published.ts';
import { SnapshotFiles } from './reader/snapshot-files.ts';
import { RejectLog } from './rejects/reject-log.ts';
import { startWorkers, type Workers } from './start-workers.ts';
import { startTracing } from './tracing/start-tracing.ts';

export interface OpenServices {
  readonly services: Services;
  /** Answers reads. */
  readonly reader: Engine;
  readonly files: SnapshotFiles;
  close(): Promise<void>;
}

export interface OpenServicesOptions {
  readonly mesh: Pick<Mesh, 'products'>;
  readonly dataFolder: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Engines and threads of the caller, who closes them; own ones when left out. */
  readonly workers?: Workers;
}

/** Throws what opening the journal and the store throws, and leaves nothing open then. */
export async function openServices(options: OpenServicesOptions): Promise<OpenServices> {
  const steps: (() => Promise<unknown>)[] = [];
  const close = async () => {
    for (const step of steps.toReversed()) await step();
  };
  try {
    return { ...(await openAll(options, steps)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Each step closes what was opened just before it was added. */
async function openAll(
  { mesh, dataFolder: folder, clock, log, workers }: OpenServicesOptions,
  steps: (() => Promise<unknown>)[],
): Promise<Omit<OpenServices, 'close'>> {
  const temporaryFolder = path.join(folder, 'tmp');
  await rm(temporaryFolder, { recursive: true, force: true });
  const exports = path.join(temporaryFolder, 'files');
  await mkdir(exports, { recursive: true });
  const tracing = startTracing(process.env, clock, log);
  steps.push(() => tracing.stop());
  const journal = await openJournal({ folder, clock, log });
  steps.push(() => journal.close());
  const published = new Published(journal);
  await published.gate(mesh.products.flatMap(({ id, gate }) => (gate ? [id] : [])));
  const { engine, reader, pool } = workers ?? startWorkers(temporaryFolder, log);
  if (!workers) steps.push(() => Promise.all([pool.close(), engine.close(), reader.close()]));
  const store = await openStore({ folder, journal, writer: engine, reader, clock, log });
  steps.push(() => store.close());
  const services: Services = {
    ...{ journal, published, store, pool, engine, clock, log, temporaryFolder },
    rejects: new RejectLog(journal, store, reader),
    turns: new ShortTurns(clock),
    tracer: tracing.tracer,
  };
  return { services, reader, files: new SnapshotFiles(store, exports) };
}
