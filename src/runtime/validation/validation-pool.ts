/**
 * Validates slices on threads of their own, so that no document and no pattern can hold up the ports.
 *
 * A thread that works on one slice for longer than SLICE_LIMIT_MS is ended and replaced. The slice is then cut in halves
 * that are tried again, down to single records; a single record that is still too slow is rejected with the reason
 * VALIDATION_TIMEOUT, and everything around it goes through.
 */
import { Worker } from 'node:worker_threads';
import { endThread } from '../../base/end-thread.ts';
import { entryFile } from '../../base/entry.ts';
import { WharfError } from '../../base/errors.ts';
import type { Dataset } from '../../schema/field.ts';
import type { Slice, SliceVerdict } from '../../schema/slice.ts';
import '../errors.ts';
import { joinVerdicts } from './join-verdicts.ts';
import {
  type FromWorker,
  type ToWorker,
  type ValidationOp,
  WORKING_ON,
  WORKING_SINCE,
  wrappedMs,
} from './messages.ts';
import { countRecords, splitSlice } from './split-slice.ts';
import { timedOut } from './timed-out.ts';

export const SLICE_LIMIT_MS = 250;
const WATCH_INTERVAL_MS = 50;
/** Slices given to one thread ahead of time, so that it never waits for the main thread. */
const IN_FLIGHT_MAX = 2;
/** Slices that may wait for a thread; capture is pulled, so only pushes can come near. */
export const SLICES_WAITING_MAX = 1_024;
/** A record alone is tried this often before it counts as too slow: the machine may just be busy. */
const SINGLE_TRIES_MAX = 3;

interface Job {
  readonly id: number;
  readonly contract: number;
  readonly slice: Slice;
  tries: number;
  readonly resolve: (verdict: SliceVerdict) => void;
  readonly reject: (error: unknown) => void;
}

interface Contract {
  readonly id: number;
  readonly dataset: Dataset;
  readonly op: ValidationOp;
}

interface Thread {
  readonly worker: Worker;
  readonly shared: Int32Array;
  readonly known: Set<number>;
  readonly jobs: Map<number, Job>;
}

export interface ValidationPoolOptions {
  /** As many at most: each starts with the first slice that finds no idle one. */
  readonly threads: number;
  readonly sliceLimitMs?: number;
  /** The thread's code; the built worker by default. */
  readonly workerFile?: string;
}

export class ValidationPool {
  readonly #options: ValidationPoolOptions;
  readonly #limitMs: number;
  readonly #threads: Thread[] = [];
  readonly #waiting: Job[] = [];
  readonly #contracts = new Map<Dataset, Map<ValidationOp, Contract>>();
  readonly #contractsById = new Map<number, Contract>();
  readonly #watch: NodeJS.Timeout;
  #lastId = 0;
  #closed = false;

  constructor(options: ValidationPoolOptions) {
    this.#options = options;
    this.#limitMs = options.sliceLimitMs ?? SLICE_LIMIT_MS;
    this.#watch = setInterval(() => this.#endSlowThreads(), WATCH_INTERVAL_MS);
    this.#watch.unref();
  }

  /** The verdict on every record of the slice. The bytes must not change: the verdict may hold a part of them. */
  validate(dataset: Dataset, op: ValidationOp, slice: Slice): Promise<SliceVerdict> {
    return this.#enqueue(this.#contractOf(dataset, op).id, slice);
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#watch);
    // Taken out of the queue, so that none of them is given to a thread that rests before its end.
    const open = [
      ...this.#waiting.splice(0),
      ...this.#threads.flatMap((thread) => [...thread.jobs.values()]),
    ];
    await Promise.all(this.#threads.map((thread) => endThread(thread.worker)));
    for (const job of open)
      job.reject(new WharfError('VALIDATION_DIED', 'The validation threads were closed.'));
  }

  #contractOf(dataset: Dataset, op: ValidationOp): Contract {
    const byOp = this.#contracts.get(dataset) ?? new Map<ValidationOp, Contract>();
    this.#contracts.set(dataset, byOp);
    const known = byOp.get(op);
    if (known) return known;
    const contract = { id: ++this.#lastId, dataset, op };
    byOp.set(op, contract);
    this.#contractsById.set(contract.id, contract);
    return contract;
  }

  #enqueue(contract: number, slice: Slice): Promise<SliceVerdict> {
    if (this.#closed)
      return Promise.reject(new WharfError('VALIDATION_DIED', 'The validation threads are closed.'));
    if (this.#waiting.length >= SLICES_WAITING_MAX) {
      return Promise.reject(
        new WharfError('VALIDATION_BUSY', `${this.#waiting.length} slices already wait for validation.`, {
          hint: 'Send again after a moment.',
        }),
      );
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ id: ++this.#lastId, contract, slice, tries: 0, resolve, reject });
      this.#dispatch();
    });
  }

  #dispatch(): void {
    for (;;) {
      const thread = this.#waiting.length > 0 ? this.#freeThread() : undefined;
      const job = thread ? this.#waiting.shift() : undefined;
      if (!thread || !job) return;
      this.#send(thread, job);
    }
  }

  /** An idle one, or one more, or the least busy. */
  #freeThread(): Thread | undefined {
    const best = this.#leastBusy();
    if (best?.jobs.size === 0 || this.#threads.length >= this.#options.threads) return best;
    const started = this.#start();
    this.#threads.push(started);
    return started;
  }

  #leastBusy(): Thread | undefined {
    let best: Thread | undefined;
    for (const thread of this.#threads) {
      if (thread.jobs.size < IN_FLIGHT_MAX && (!best || thread.jobs.size < best.jobs.size)) best = thread;
    }
    return best;
  }

  #send(thread: Thread, job: Job): void {
    if (!thread.known.has(job.contract)) {
      const contract = this.#contractsById.get(job.contract) as Contract;
      thread.known.add(job.contract);
      const { id, dataset, op } = contract;
      const declared: ToWorker = { kind: 'contract', contract: id, dataset, op };
      thread.worker.postMessage(declared);
    }
    thread.jobs.set(job.id, job);
    // A copy that is given away: a clone would take all of the buffer that the slice is a part of, and be written down and read again.
    const bytes = new Uint8Array(job.slice.bytes);
    const slice: ToWorker = {
      kind: 'slice',
      job: job.id,
      contract: job.contract,
      slice: { ...job.slice, bytes },
    };
    thread.worker.postMessage(slice, [bytes.buffer]);
  }

  #start(): Thread {
    const memory = new SharedArrayBuffer(8);
    const worker = new Worker(this.#options.workerFile ?? entryFile('validation-worker.cjs'), {
      workerData: memory,
    });
    const thread: Thread = { worker, shared: new Int32Array(memory), known: new Set(), jobs: new Map() };
    worker.on('message', (message: FromWorker) => this.#answered(thread, message));
    worker.on('error', (error) => this.#replace(thread, error));
    worker.unref();
    return thread;
  }

  #answered(thread: Thread, message: FromWorker): void {
    const job = thread.jobs.get(message.job);
    if (!job) return;
    thread.jobs.delete(message.job);
    if (message.kind === 'verdict') job.resolve(message.verdict);
    else if (message.kind === 'as-sent')
      job.resolve({ ...message.verdict, accepted: job.slice.bytes.subarray(message.from, message.to) });
    else job.reject(new WharfError('VALIDATION_DIED', `A slice could not be validated: ${message.message}.`));
    this.#dispatch();
  }

  #endSlowThreads(): void {
    for (const thread of [...this.#threads]) {
      const working = Atomics.load(thread.shared, WORKING_ON);
      if (working === 0) continue;
      const forMs = (wrappedMs() - Atomics.load(thread.shared, WORKING_SINCE)) & 0x7fff_ffff;
      const job = thread.jobs.get(working);
      if (forMs <= this.#limitMs || !job) continue;
      thread.jobs.delete(working);
      this.#replace(thread, undefined);
      this.#tooSlow(job);
    }
  }

  /** Puts a new thread in the place of one that ended or must end; what it had not begun waits again, in front. */
  #replace(thread: Thread, error: Error | undefined): void {
    const index = this.#threads.indexOf(thread);
    if (index < 0 || this.#closed) return;
    const working = Atomics.load(thread.shared, WORKING_ON);
    const culprit = error ? thread.jobs.get(working) : undefined;
    if (culprit) thread.jobs.delete(culprit.id);
    this.#waiting.unshift(...thread.jobs.values());
    thread.jobs.clear();
    this.#threads[index] = this.#start();
    void thread.worker.terminate();
    culprit?.reject(
      new WharfError('VALIDATION_DIED', `A validation thread ended: ${error?.message}.`, { cause: error }),
    );
    this.#dispatch();
  }

  #tooSlow(job: Job): void {
    const halves = splitSlice(job.slice);
    if (halves) {
      const [head, tail] = halves.map((half) => this.#enqueue(job.contract, half)) as [
        Promise<SliceVerdict>,
        Promise<SliceVerdict>,
      ];
      Promise.all([head, tail]).then(
        ([a, b]) => job.resolve(joinVerdicts(a, b, countRecords(halves[0]))),
        (error) => job.reject(error),
      );
      return;
    }
    job.tries += 1;
    if (job.tries < SINGLE_TRIES_MAX) {
      this.#waiting.unshift(job);
      this.#dispatch();
    } else job.resolve(timedOut(job.slice, this.#limitMs));
  }
}
