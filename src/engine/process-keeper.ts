import { existsSync } from 'node:fs';
import type { Clock } from '../base/clock.ts';
import { entryFile } from '../base/entry.ts';
import { WharfError } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import { EngineProcess } from './engine-process.ts';
import { RESTART_BACKOFF_MAX_MS, RESTART_BACKOFF_MS } from './limits.ts';
import type { EngineReply, EngineSettings } from './messages.ts';

export interface ProcessKeeperOptions {
  readonly settings: EngineSettings;
  readonly clock: Clock;
  readonly log: Log;
  /** The process takes tasks now. */
  onReady(): void;
  onReply(reply: EngineReply): void;
  /** ENGINE_DIED, or ENGINE_START_FAILED when it never became ready. */
  onGone(error: WharfError): void;
}

/** Keeps at most one engine process: starts it when asked, again after it died, later and later while it keeps dying. */
export class ProcessKeeper {
  readonly #options: ProcessKeeperOptions;
  readonly #closing = new AbortController();
  #process: EngineProcess | undefined;
  #ready = false;
  #starting = false;
  /** Of processes that answered nothing. */
  #deaths = 0;
  #unopened: string | undefined;

  constructor(options: ProcessKeeperOptions) {
    this.#options = options;
  }

  /** The process, once it takes tasks. */
  get process(): EngineProcess | undefined {
    return this.#ready ? this.#process : undefined;
  }

  /** Has a process started unless there is one; `onReady` or `onGone` follows. */
  start(): void {
    if (this.#process || this.#starting || this.#closing.signal.aborted) return;
    this.#starting = true;
    const pauseMs =
      this.#deaths === 0 ? 0 : Math.min(RESTART_BACKOFF_MAX_MS, RESTART_BACKOFF_MS * 2 ** (this.#deaths - 1));
    this.#options.clock.sleep(pauseMs, this.#closing.signal).then(
      () => this.#fork(),
      // Closed before it started.
      () => undefined,
    );
  }

  async kill(): Promise<void> {
    await this.#process?.kill();
  }

  async close(): Promise<void> {
    this.#closing.abort(new Error('closed'));
    await this.kill();
  }

  #fork(): void {
    this.#starting = false;
    if (!existsSync(entryFile('engine-child.cjs'))) {
      this.#options.onGone(
        new WharfError(
          'ENGINE_START_FAILED',
          `The engine's program "${entryFile('engine-child.cjs')}" is missing.`,
          {
            hint: 'Build it with: node scripts/build.mjs',
            retryable: false,
          },
        ),
      );
      return;
    }
    this.#process = new EngineProcess(this.#options.settings, {
      onReply: (reply) => this.#receive(reply),
      onGone: (how) => this.#gone(how),
    });
  }

  #receive(reply: EngineReply): void {
    if (reply.kind === 'unopened') {
      this.#unopened = reply.message;
      return;
    }
    if (reply.kind === 'ready') {
      this.#ready = true;
      this.#options.onReady();
      return;
    }
    this.#deaths = 0;
    this.#options.onReply(reply);
  }

  #gone(how: string): void {
    const error = this.#ready ? died(how) : startFailed(this.#unopened ?? how);
    this.#process = undefined;
    this.#ready = false;
    this.#unopened = undefined;
    this.#deaths += 1;
    if (!this.#closing.signal.aborted)
      this.#options.log.warn(error.message, { role: this.#options.settings.role });
    this.#options.onGone(error);
  }
}

function died(how: string): WharfError {
  return new WharfError('ENGINE_DIED', `The engine process ended (${how}) while statements ran.`, {
    hint: 'It is started again by itself; the call can be tried again.',
  });
}

function startFailed(reason: string): WharfError {
  return new WharfError('ENGINE_START_FAILED', `The engine process could not start: ${reason}`, {
    hint: 'wharf doctor checks what it needs: memory, and a writable data folder.',
  });
}
