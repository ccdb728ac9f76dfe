import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { endThread } from '../../base/end-thread.ts';
import { entryFile } from '../../base/entry.ts';
import { codeOf, messageOf, WharfError } from '../../base/errors.ts';
import type { CaptureContext } from '../../kit/input.ts';
import type { SqliteOpening, SqliteReply, SqliteRequest } from './sqlite-messages.ts';
import './errors.ts';

/** For the next rows of an answer. */
const ANSWER_MS_MAX = 600_000;
const HEAP_MB_MAX = 256;
const MEMORY_TEXT = '512 MB';

/** A thread with one query of one database. */
export class SqliteThread {
  readonly #worker: Worker;
  readonly #context: Pick<CaptureContext, 'clock' | 'signal'>;
  readonly #shown: string;

  /** `shown`: the database as people know it. */
  constructor(opening: SqliteOpening, context: Pick<CaptureContext, 'clock' | 'signal'>, shown: string) {
    this.#worker = new Worker(entryFile('sqlite-worker.cjs'), {
      workerData: opening,
      // It needs nothing of what the environment holds.
      env: {},
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MB_MAX },
    });
    // An error that comes while nobody asks is that of the next request, which then has no answer.
    this.#worker.on('error', () => undefined);
    this.#context = context;
    this.#shown = shown;
  }

  /** One request at a time. Throws SQLITE_FAILED, SQLITE_MEMORY, SQLITE_DEADLINE and the signal's reason. */
  async ask(request: SqliteRequest): Promise<SqliteReply> {
    const { clock, signal } = this.#context;
    const over = new AbortController();
    const until = AbortSignal.any([signal, over.signal]);
    const late = clock.sleep(ANSWER_MS_MAX, until).then(
      () => 'late' as const,
      () => new Promise<never>(() => undefined),
    );
    const ended = once(this.#worker, 'exit', { signal: until }).then(() => 'ended' as const);
    this.#worker.postMessage(request);
    try {
      const reply = await Promise.race([once(this.#worker, 'message', { signal: until }), ended, late]);
      if (reply === 'late') throw this.#late();
      if (reply === 'ended') throw this.#failed('its thread ended', false);
      return this.#checked(reply[0] as SqliteReply);
    } catch (thrown) {
      signal.throwIfAborted();
      if (thrown instanceof WharfError) throw thrown;
      throw this.#failed(messageOf(thrown), codeOf(thrown) === 'ERR_WORKER_OUT_OF_MEMORY');
    } finally {
      over.abort();
      await ended.catch(() => undefined);
    }
  }

  async close(): Promise<void> {
    await endThread(this.#worker);
  }

  #checked(reply: SqliteReply): SqliteReply {
    if ('failed' in reply) throw this.#failed(reply.failed, reply.outOfMemory);
    return reply;
  }

  #failed(why: string, outOfMemory: boolean): WharfError {
    if (outOfMemory)
      return new WharfError(
        'SQLITE_MEMORY',
        `The query of "${this.#shown}" needs more than ${MEMORY_TEXT} of memory: ${why}.`,
        { hint: 'Sorting and grouping happen in memory: give the database an index that they can follow.' },
      );
    return new WharfError('SQLITE_FAILED', `The query of "${this.#shown}" cannot be answered: ${why}.`, {
      hint: 'Correct the option "sql", or the database; it is tried again.',
    });
  }

  #late(): WharfError {
    return new WharfError(
      'SQLITE_DEADLINE',
      `The query of "${this.#shown}" gave no further rows for ${ANSWER_MS_MAX / 1_000} s.`,
      { hint: 'Ask for less, or give the database an index that the query can follow.' },
    );
  }
}
