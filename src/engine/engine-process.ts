import { type ChildProcess, fork } from 'node:child_process';
import { entryFile } from '../base/entry.ts';
import { LIBUV_THREADS } from './limits.ts';
import type { EngineReply, EngineRequest, EngineSettings } from './messages.ts';

/** Each ends a question; `progress` and `ready` do not. */
const ANSWERS: readonly EngineReply['kind'][] = ['answer', 'failure', 'rss'];

export interface EngineProcessEvents {
  onReply(reply: EngineReply): void;
  /** Once, when the process is gone; `how` says how it ended: `exit code 1`, `signal SIGKILL`. */
  onGone(how: string): void;
}

/** One life of the process that DuckDB runs in. */
export class EngineProcess {
  readonly spillFolder: string;
  readonly #child: ChildProcess;
  readonly #gone: Promise<void>;
  #tasks = 0;
  #unanswered = 0;

  constructor(settings: EngineSettings, events: EngineProcessEvents) {
    this.spillFolder = settings.spillFolder;
    this.#child = fork(entryFile('engine-child.cjs'), [], {
      // Structured clones carry 64-bit integers; JSON does not.
      serialization: 'advanced',
      // Flags of the starter (loaders, inspectors) are not the engine's.
      execArgv: [],
      env: {
        ...process.env,
        UV_THREADPOOL_SIZE: String(LIBUV_THREADS),
        // Of glibc's allocator: an arena for each thread keeps a tenth more memory than is used.
        MALLOC_ARENA_MAX: '2',
        // Statements take and give back much at a time: what bounds the server's memory (`bin/wharf.js`) would cost them time.
        MALLOC_MMAP_THRESHOLD_: undefined,
        MALLOC_TRIM_THRESHOLD_: undefined,
        TZ: 'UTC',
      },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.#gone = new Promise((resolve) => {
      const gone = (how: string) => {
        events.onGone(how);
        resolve();
      };
      this.#child.once('exit', (code, signal) => gone(signal ? `signal ${signal}` : `exit code ${code}`));
      // A process that was never there has no exit; of any other, the exit follows.
      this.#child.once('error', (error) => this.#child.pid === undefined && gone(error.message));
    });
    this.#child.on('message', (reply: EngineReply) => {
      if (ANSWERS.includes(reply.kind)) this.#unanswered -= 1;
      events.onReply(reply);
    });
    this.send({ kind: 'open', settings });
  }

  /** Tasks that it was given. */
  get tasks(): number {
    return this.#tasks;
  }

  /** All that it was asked is answered. */
  get isIdle(): boolean {
    return this.#unanswered === 0;
  }

  /** Of a process that is gone, `onGone` tells; a message to it is of no use and is let go. */
  send(request: EngineRequest): void {
    if (request.kind === 'task') this.#tasks += 1;
    if (request.kind === 'task' || request.kind === 'rss') this.#unanswered += 1;
    if (this.#child.connected) this.#child.send(request, () => undefined);
  }

  /** Ends the process at once; resolves when it is gone. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#gone;
  }
}
