/** For tests: a store over the real journal and the real engines, in a folder of its own, that can be closed and opened again. */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { VirtualClock } from '../base/clock.ts';
import { type Log, silentLog } from '../base/log.ts';
import type { Engine } from '../engine/engine.ts';
import { startTestEngine } from '../engine/test-engine.ts';
import type { Append, Journal } from '../journal/journal.ts';
import { openJournal } from '../journal/open-journal.ts';
import type { RowsQuery } from '../schema/rows-query.ts';
import type { StoreLimits } from './limits.ts';
import { openStore } from './open-store.ts';
import type { Store, StreamSchema } from './store.ts';

export const TEST_START_MS = Date.UTC(2026, 0, 1);

/** Engines take long to start, so the stores of one test file share theirs. */
export class TestEngines {
  readonly writer: Engine;
  readonly reader: Engine;

  private constructor(writer: Engine, reader: Engine) {
    this.writer = writer;
    this.reader = reader;
  }

  static async start(): Promise<TestEngines> {
    const writer = startTestEngine();
    return new TestEngines(writer, startTestEngine({ role: 'reader' }));
  }

  async close(): Promise<void> {
    await this.writer.close();
    await this.reader.close();
  }
}

export interface TestRecord {
  readonly dataset: string;
  readonly document: Readonly<Record<string, unknown>>;
  readonly op?: 'upsert' | 'delete';
}

export class TestStore {
  readonly folder: string;
  readonly clock: VirtualClock;
  readonly #parts: Parts;
  journal: Journal;
  store: Store;

  private constructor(parts: Parts, opened: { journal: Journal; store: Store }) {
    this.#parts = parts;
    this.folder = parts.folder;
    this.clock = parts.clock;
    this.journal = opened.journal;
    this.store = opened.store;
  }

  static async open(
    engines: TestEngines,
    schemas: readonly StreamSchema[],
    options: Partial<Pick<Parts, 'limits' | 'log' | 'folder'>> = {},
  ): Promise<TestStore> {
    const folder = options.folder ?? mkdtempSync(path.join(os.tmpdir(), 'wharf store [1] '));
    const clock = new VirtualClock(TEST_START_MS);
    const parts: Parts = { engines, schemas, limits: {}, log: silentLog, clock, ...options, folder };
    return new TestStore(parts, await openParts(parts));
  }

  /** Appends the records, neighbours of one dataset as one block; returns the head. */
  async push(stream: string, records: readonly TestRecord[]): Promise<number> {
    for (let i = 0; i < records.length; ) {
      const dataset = records[i]?.dataset ?? '';
      const end = records.findIndex((record, j) => j > i && record.dataset !== dataset);
      const group = records.slice(i, end < 0 ? records.length : end);
      await this.journal.commit({ appends: [appendOf(stream, dataset, group)] });
      i += group.length;
    }
    return this.journal.head(stream);
  }

  async rows(
    stream: string,
    dataset: string,
    position: number,
    query: Partial<RowsQuery> = {},
  ): Promise<unknown[]> {
    const page = await this.store.rows(stream, dataset, position, { order: [], limit: 1_000, ...query });
    return page.rows.map((row) => JSON.parse(row) as unknown);
  }

  async restart(): Promise<void> {
    await this.store.close();
    await this.journal.close();
    const opened = await openParts(this.#parts);
    this.journal = opened.journal;
    this.store = opened.store;
  }

  async close(): Promise<void> {
    await this.store.close();
    await this.journal.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

interface Parts {
  readonly engines: TestEngines;
  readonly schemas: readonly StreamSchema[];
  readonly limits: Partial<StoreLimits>;
  readonly log: Log;
  readonly folder: string;
  readonly clock: VirtualClock;
}

async function openParts(parts: Parts): Promise<{ journal: Journal; store: Store }> {
  const { engines, schemas, limits, log, folder, clock } = parts;
  const journal = await openJournal({ folder, clock, log, limits: { commitIntervalMs: 0 } });
  const { writer, reader } = engines;
  try {
    const store = await openStore({ folder, journal, writer, reader, clock, log, limits });
    for (const schema of schemas) store.open(schema);
    return { journal, store };
  } catch (error) {
    await journal.close();
    throw error;
  }
}

function appendOf(stream: string, dataset: string, records: readonly TestRecord[]): Append {
  return {
    stream,
    dataset,
    count: records.length,
    body: Buffer.from(records.map((record) => `${JSON.stringify(record.document)}\n`).join('')),
    deletes: records.flatMap((record, i) => (record.op === 'delete' ? [i] : [])),
  };
}
