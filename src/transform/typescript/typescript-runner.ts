/**
 * Runs a product's TypeScript over records: keeps the process that does it, fetches the rows that records look up, and finds the record
 * that brings the process down.
 */
import { readFile } from 'node:fs/promises';
import { SourceMap } from 'node:module';
import { type Clock, systemClock } from '../../base/clock.ts';
import { WharfError } from '../../base/errors.ts';
import '../errors.ts';
import type { BuiltTransform } from './build-typescript.ts';
import {
  BATCH_DEADLINE_MS,
  HEAP_MB,
  IDLE_MS,
  KNOWN_ROWS_MAX,
  LOOKUP_ROUNDS_MAX,
  RECORD_MS_MAX,
} from './limits.ts';
import type { AskedRow, CodePlace, GuestSetup, KnownRow, RecordOutcome } from './messages.ts';
import { GUEST_SCRIPT, ProcessGone, TransformProcess } from './transform-process.ts';

/** What came of one record: the rows as JSON texts, or why there are none; and which rows it looked up, undefined when nobody knows. */
export type RanRecord = { readonly used: readonly AskedRow[] | undefined } & (
  | { readonly rows: readonly string[]; readonly failure?: undefined }
  | { readonly rows?: undefined; readonly failure: string }
);

/** Answers for each asked row the row as a JSON text in JSON form, undefined when there is none, or why it cannot be asked for. */
export type FetchRows = (asked: readonly AskedRow[]) => Promise<readonly FetchedRow[]>;
export type FetchedRow = { readonly row: string | undefined } | { readonly refused: string };

export interface RunnerOptions {
  readonly built: BuiltTransform;
  readonly setup: GuestSetup;
  readonly recordMs?: number;
  readonly clock?: Clock;
}

export class TypescriptRunner {
  readonly #options: RunnerOptions;
  #process: Promise<{ process: TransformProcess; functions: readonly string[] }> | undefined;
  #idle = new AbortController();
  #known = 0;

  constructor(options: RunnerOptions) {
    this.#options = options;
  }

  /** The inputs that the transform has a function for. Throws TRANSFORM_TYPESCRIPT, TRANSFORM_PROCESS. */
  async functions(): Promise<readonly string[]> {
    return (await this.#opened()).functions;
  }

  /** Rows that were looked up may be others now. */
  async forget(): Promise<void> {
    this.#known = 0;
    if (this.#process) (await this.#process).process.tell({ kind: 'forget' });
  }

  /** What came of each record, in their order. One call at a time. Throws TRANSFORM_TYPESCRIPT, TRANSFORM_PROCESS, and what `fetch` throws. */
  async run(input: string, records: readonly string[], fetch: FetchRows): Promise<readonly RanRecord[]> {
    this.#idle.abort();
    try {
      return await this.#runParts(input, records, fetch, TRIES_OF_ONE);
    } finally {
      this.#endWhenIdle();
    }
  }

  /** In halves when the process ends, down to the record that ends it. */
  async #runParts(
    input: string,
    records: readonly string[],
    fetch: FetchRows,
    tries: number,
  ): Promise<readonly RanRecord[]> {
    try {
      return await this.#runAll(input, records, fetch);
    } catch (thrown) {
      if (!(thrown instanceof ProcessGone)) throw thrown;
      this.#process = undefined;
      this.#known = 0;
      if (records.length > 1) {
        const middle = records.length >> 1;
        const head = await this.#runParts(input, records.slice(0, middle), fetch, tries);
        return [...head, ...(await this.#runParts(input, records.slice(middle), fetch, tries))];
      }
      if (tries > 1) return this.#runParts(input, records, fetch, tries - 1);
      return [{ failure: goneMessage(thrown.message), used: undefined }];
    }
  }

  async close(): Promise<void> {
    this.#idle.abort();
    const opened = this.#process;
    this.#process = undefined;
    // One that could not be opened was ended then.
    const process = await opened?.then((one) => one.process).catch(() => undefined);
    await process?.kill();
  }

  async #runAll(input: string, records: readonly string[], fetch: FetchRows): Promise<readonly RanRecord[]> {
    const results: RanRecord[] = new Array(records.length);
    const late = new Map<number, number>();
    let left: readonly number[] = [...records.keys()];
    for (let round = 0; left.length > 0; round++) {
      const { asking, again } = await this.#round(input, records, left, results, late);
      if (round < LOOKUP_ROUNDS_MAX) left = [...again, ...(await this.#fetch(asking, fetch, results))];
      else {
        for (const [i, { used }] of asking) results[i] = { failure: TOO_DEEP, used };
        left = [...again];
      }
    }
    return results;
  }

  /** Runs the records that are left; gives those that ask for rows, with what they ask for. */
  async #round(
    input: string,
    records: readonly string[],
    left: readonly number[],
    results: RanRecord[],
    late: Map<number, number>,
  ): Promise<{ readonly asking: ReadonlyMap<number, Asking>; readonly again: readonly number[] }> {
    const { process } = await this.#opened();
    const request = { kind: 'run', input, records: left.map((i) => records[i] ?? '') } as const;
    const reply = await process.ask(request, BATCH_DEADLINE_MS);
    if (reply.kind !== 'ran') throw new Error(`Invariant broken: a run was answered by "${reply.kind}"`);
    const asking = new Map<number, Asking>();
    const again: number[] = [];
    for (const [at, outcome] of reply.outcomes.entries()) {
      const i = left[at] as number;
      if (outcome.kind === 'asks') asking.set(i, outcome);
      else if (outcome.kind === 'late' && this.#mayTryAgain(i, late)) again.push(i);
      else results[i] = this.#resultOf(outcome);
    }
    return { asking, again };
  }

  /** A machine that stood still for a while is no reason to set a record aside. */
  #mayTryAgain(i: number, late: Map<number, number>): boolean {
    late.set(i, (late.get(i) ?? 0) + 1);
    return (late.get(i) ?? 0) < TRIES_OF_ONE;
  }

  #resultOf(outcome: Exclude<RecordOutcome, Asking>): RanRecord {
    const { used } = outcome;
    if (outcome.kind === 'rows') return { rows: outcome.rows, used };
    if (outcome.kind === 'late') return { failure: `The record took more than ${this.#recordMs} ms.`, used };
    return { failure: this.#placed(outcome.message, outcome.at), used };
  }

  /** Tells the process the rows that are asked for; gives the records that can go on. */
  async #fetch(
    asking: ReadonlyMap<number, Asking>,
    fetch: FetchRows,
    results: RanRecord[],
  ): Promise<number[]> {
    if (asking.size === 0) return [];
    const { process } = await this.#opened();
    const all = [...asking.values()].flatMap((outcome) => outcome.asked);
    const asked = new Map(all.map((one) => [`${one.input} ${one.key}`, one]));
    if (this.#known + asked.size > KNOWN_ROWS_MAX) await this.forget();
    const fetched = await fetch([...asked.values()]);
    const refused = new Map<string, string>();
    const known: KnownRow[] = [];
    for (const [i, [id, one]] of [...asked].entries()) {
      const answer = fetched[i] ?? { row: undefined };
      if ('refused' in answer) refused.set(id, `lookup.${one.input}(${one.key}): ${answer.refused}`);
      else known.push({ ...one, row: answer.row });
    }
    this.#known += known.length;
    process.tell({ kind: 'know', rows: known });
    return [...asking].flatMap(([i, { asked: rows, used }]) => {
      const wrong = rows.map((one) => refused.get(`${one.input} ${one.key}`)).find(Boolean);
      if (wrong !== undefined) results[i] = { failure: wrong, used };
      return wrong === undefined ? [i] : [];
    });
  }

  get #recordMs(): number {
    return this.#options.recordMs ?? RECORD_MS_MAX;
  }

  #opened(): Promise<{ process: TransformProcess; functions: readonly string[] }> {
    this.#process ??= this.#open();
    return this.#process;
  }

  async #open(): Promise<{ process: TransformProcess; functions: readonly string[] }> {
    const { built, setup } = this.#options;
    const recordMs = this.#recordMs;
    const process = new TransformProcess();
    try {
      const { code, file } = built;
      const guest = await readFile(GUEST_SCRIPT, 'utf8');
      const reply = await process.ask({ kind: 'open', guest, code, file, setup, recordMs });
      if (reply.kind === 'opened') return { process, functions: reply.functions };
      const { message, at } = reply.kind === 'refused' ? reply : { message: reply.kind, at: undefined };
      throw this.#refused(this.#placed(message, at));
    } catch (thrown) {
      await process.kill();
      this.#process = undefined;
      if (!(thrown instanceof ProcessGone)) throw thrown;
      throw this.#refused(`It ended its process while it was loaded (${thrown.message}).`);
    }
  }

  #refused(message: string): WharfError {
    return new WharfError('TRANSFORM_TYPESCRIPT', `${this.#options.built.file}: ${message}`, {
      hint: 'wharf check shows where.',
    });
  }

  /** With the place in the author's file, where one is known. */
  #placed(message: string, at: CodePlace | undefined): string {
    const { map, file } = this.#options.built;
    if (!at) return message;
    // The code stands behind the head of a function, on its first line.
    const entry = new SourceMap(JSON.parse(map)).findEntry(at.line - 1, at.column - 1);
    return 'originalLine' in entry ? `${message} (${file}:${entry.originalLine + 1})` : message;
  }

  #endWhenIdle(): void {
    const { clock = systemClock } = this.#options;
    this.#idle = new AbortController();
    clock.sleep(IDLE_MS, this.#idle.signal).then(
      () => this.close(),
      // Somebody asked again, or closed it.
      () => undefined,
    );
  }
}

/** A record that takes too long or ends its process is run so many times before it is set aside. */
const TRIES_OF_ONE = 2;

type Asking = Extract<RecordOutcome, { kind: 'asks' }>;

const TOO_DEEP = `The record's look-ups depend on one another more than ${LOOKUP_ROUNDS_MAX} deep.`;

function goneMessage(how: string): string {
  return `The record ended the process of the transform (${how}): it took more than ${HEAP_MB} MB, or more than ${BATCH_DEADLINE_MS / 1_000} s.`;
}
