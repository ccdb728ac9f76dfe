/**
 * Records that are journaled but not flushed, as temporary runs: made when somebody reads them, at most one job a stream at a
 * time, and only for what came since the last one. They are never durable; after a restart they are made again.
 */
import { stat } from 'node:fs/promises';
import { codeOf, messageOf } from '../base/errors.ts';
import { SMALL_BYTES_MAX } from '../engine/limits.ts';
import type { Dataset } from '../schema/field.ts';
import type { StoreContext } from './context.ts';
import { pickMerge } from './merge-policy.ts';
import { copyHistory, copyStaged } from './run-writer.ts';
import type { TailRun } from './snapshot-plan.ts';
import { historySql, storedColumns } from './source-sql.ts';
import { type StagedDataset, stageBlocks, unstage } from './stage-blocks.ts';

export interface TailSource {
  readonly stream: string;
  readonly datasetOf: (name: string) => Dataset;
  /** The last position that durable runs hold. */
  readonly flushed: () => number;
}

export class Tail {
  readonly #context: StoreContext;
  readonly #source: TailSource;
  readonly #runs = new Map<string, readonly TailRun[]>();
  #through = 0;
  #job: Promise<void> | undefined;
  readonly #merges = new Map<string, Promise<void>>();

  constructor(context: StoreContext, source: TailSource) {
    this.#context = context;
    this.#source = source;
  }

  runs(dataset: string): readonly TailRun[] {
    return this.#runs.get(dataset) ?? [];
  }

  covers(position: number): boolean {
    return position <= this.#covered();
  }

  /** Until runs, durable or temporary, hold everything up to the position. */
  async cover(position: number): Promise<void> {
    while (this.#covered() < position) {
      this.#job ??= this.#extend().finally(() => {
        this.#job = undefined;
      });
      await this.#job;
    }
  }

  /** Lets go of what durable runs hold now. */
  forgetFlushed(): void {
    const flushed = this.#source.flushed();
    for (const [dataset, runs] of this.#runs) {
      for (const run of runs) if (run.last <= flushed) this.#context.pins.retire(run.path);
      const kept = runs.filter((run) => run.last > flushed);
      if (kept.length > 0) this.#runs.set(dataset, kept);
      else this.#runs.delete(dataset);
    }
  }

  #covered(): number {
    return Math.max(this.#through, this.#source.flushed());
  }

  async #extend(): Promise<void> {
    const { journal, limits, temporaryFile } = this.#context;
    const { stream } = this.#source;
    const from = this.#covered() + 1;
    let staged: Awaited<ReturnType<typeof stageBlocks>>;
    try {
      staged = await stageBlocks({
        journal,
        stream,
        from,
        to: journal.head(stream),
        bytesMax: limits.flushBytesMax,
        temporaryFile,
      });
    } catch (thrown) {
      // A flush went past us and the journal let go of the blocks: durable runs cover them now.
      if (codeOf(thrown) === 'POSITION_TRIMMED' && this.#covered() >= from) return;
      throw thrown;
    }
    try {
      for (const dataset of staged.datasets) this.#add(dataset.dataset, await this.#load(dataset));
    } finally {
      await unstage(staged.datasets);
    }
    this.#through = staged.through;
    this.forgetFlushed();
    for (const dataset of staged.datasets) this.#mergeBehind(dataset.dataset);
  }

  /** Readers do not wait for merges. */
  #mergeBehind(dataset: string): void {
    if (this.#merges.has(dataset)) return;
    const merge = this.#merge(dataset)
      .catch((thrown: unknown) => {
        const details = { stream: this.#source.stream, dataset, reason: messageOf(thrown) };
        this.#context.log.warn('Temporary runs could not be merged; reads go on with more of them', details);
      })
      .finally(() => this.#merges.delete(dataset));
    this.#merges.set(dataset, merge);
  }

  /** Until no work is under way. */
  async settled(): Promise<void> {
    await this.#job?.catch(() => undefined);
    await Promise.all(this.#merges.values());
  }

  async #load(staged: StagedDataset): Promise<TailRun> {
    const { reader, limits, temporaryFile } = this.#context;
    const dataset = this.#source.datasetOf(staged.dataset);
    const path = temporaryFile('parquet');
    await copyStaged(reader, dataset, staged, path, limits.readDeadlineMs);
    return { ...staged, path, schema: storedColumns(dataset), bytes: (await stat(path)).size };
  }

  #add(dataset: string, run: TailRun): void {
    this.#runs.set(dataset, [...this.runs(dataset), run]);
  }

  async #merge(name: string): Promise<void> {
    const { reader, limits, pins, temporaryFile } = this.#context;
    const runs = this.runs(name);
    const range = pickMerge(runs, { fanIn: limits.mergeFanIn, runsMax: limits.tailRunsMax });
    if (!range) return;
    const parts = runs.slice(range.from, range.to);
    const [first, last] = [parts[0], parts.at(-1)];
    if (!first || !last) return;
    const schema = storedColumns(this.#source.datasetOf(name));
    const path = temporaryFile('parquet');
    const release = pins.pin(parts.map((run) => run.path));
    try {
      await copyHistory(reader, { select: historySql(schema, parts), columns: schema.length }, path, {
        deadlineMs: limits.readDeadlineMs,
        small: parts.reduce((sum, run) => sum + run.bytes, 0) <= SMALL_BYTES_MAX,
      });
    } finally {
      release();
    }
    const merged: TailRun = {
      path,
      schema,
      first: first.first,
      last: last.last,
      rows: parts.reduce((sum, run) => sum + run.rows, 0),
      bytes: (await stat(path)).size,
      timeFromUs: first.timeFromUs,
      timeToUs: last.timeToUs,
    };
    this.#swap(name, parts, merged);
  }

  /** A flush may have taken the merged runs away meanwhile. */
  #swap(name: string, parts: readonly TailRun[], merged: TailRun): void {
    const runs = this.runs(name);
    if (!parts.every((part) => runs.includes(part))) {
      this.#context.pins.retire(merged.path);
      return;
    }
    const at = runs.indexOf(parts[0] as TailRun);
    this.#runs.set(name, [...runs.slice(0, at), merged, ...runs.slice(at + parts.length)]);
    for (const part of parts) this.#context.pins.retire(part.path);
  }
}
