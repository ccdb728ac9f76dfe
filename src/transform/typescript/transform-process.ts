/** One life of the process that runs a product's TypeScript. */
import { type ChildProcess, fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { systemClock } from '../../base/clock.ts';
import { entryFile } from '../../base/entry.ts';
import { WharfError } from '../../base/errors.ts';
import '../errors.ts';
import { HEAP_MB, LOAD_DEADLINE_MS } from './limits.ts';
import type { TransformReply, TransformRequest } from './messages.ts';

const PROGRAM = entryFile('transform-child.cjs');
/** The built script that runs beside the author's code. */
export const GUEST_SCRIPT = entryFile('transform-guest.js');

/** How the process ended before it answered. */
export class ProcessGone extends Error {}

export class TransformProcess {
  readonly #child: ChildProcess;
  readonly #gone: Promise<never>;

  constructor() {
    if (!existsSync(PROGRAM))
      throw new WharfError('TRANSFORM_PROCESS', `The program "${PROGRAM}" is missing.`, {
        hint: 'Build it with: node scripts/build.mjs',
      });
    this.#child = fork(PROGRAM, [], {
      serialization: 'advanced',
      execArgv: [...permissionFlags(), `--max-old-space-size=${HEAP_MB}`, '--no-warnings'],
      // Nothing of the server's environment, and the same zone and language everywhere.
      env: { TZ: 'UTC', LANG: 'C', LC_ALL: 'C' },
      // What the engine prints when its heap is full is told in our words.
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    this.#gone = new Promise((_, reject) => {
      this.#child.once('exit', (code, signal) => reject(new ProcessGone(signal ?? `exit code ${code}`)));
      this.#child.once('error', (error) => reject(new ProcessGone(error.message)));
    });
    // Heard again by whoever asks next.
    this.#gone.catch(() => undefined);
  }

  tell(request: TransformRequest): void {
    if (this.#child.connected) this.#child.send(request, () => undefined);
  }

  /** Throws ProcessGone, also when there is no answer within the deadline; the process then is gone. */
  async ask(request: TransformRequest, deadlineMs = LOAD_DEADLINE_MS): Promise<TransformReply> {
    const done = new AbortController();
    const answered = new Promise<TransformReply>((resolve) => {
      this.#child.once('message', resolve);
    });
    systemClock.sleep(deadlineMs, done.signal).then(
      () => this.#child.kill('SIGKILL'),
      // Answered before.
      () => undefined,
    );
    this.tell(request);
    try {
      return await Promise.race([answered, this.#gone]);
    } finally {
      done.abort();
      this.#child.removeAllListeners('message');
    }
  }

  /** Resolves when the process is gone. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#gone.catch(() => undefined);
  }
}

/** It may read its own program, and nothing else; it may neither write nor start processes and threads, nor load native code. */
function permissionFlags(): string[] {
  const flags = process.allowedNodeEnvironmentFlags;
  const on = flags.has('--permission') ? '--permission' : '--experimental-permission';
  return [on, `--allow-fs-read=${PROGRAM}`, '--disallow-code-generation-from-strings'];
}
