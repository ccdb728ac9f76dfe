import { Worker } from 'node:worker_threads';
import { endThread } from '../../base/end-thread.ts';
import { entryFile } from '../../base/entry.ts';
import { WharfError } from '../../base/errors.ts';
import type { VegaLiteSpec } from '../../protocols/chart/chart-spec.ts';
import type { ChartScheme } from '../../protocols/chart/chart-theme.ts';
import '../errors.ts';
import type { PaintReply, PaintRequest } from './svg-messages.ts';

const WAITING_MAX = 32;
const PAINT_MS_MAX = 15_000;
const HEAP_MB_MAX = 256;

interface Waiting {
  readonly resolve: (svg: string) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

/** One thread, started with the first picture; one that hangs or dies takes its pictures with it, and the next has a new one. */
export class SvgPainter {
  #worker: Worker | undefined;
  #next = 1;
  readonly #waiting = new Map<number, Waiting>();

  /** Throws CHART_BUSY, CHART_FAILED. */
  paint(spec: VegaLiteSpec, scheme: ChartScheme): Promise<string> {
    if (this.#waiting.size >= WAITING_MAX)
      throw new WharfError('CHART_BUSY', `${WAITING_MAX} pictures are being drawn already.`, {
        hint: 'Ask again in a moment.',
      });
    const worker = this.#started();
    const id = this.#next++;
    return new Promise<string>((resolve, reject) => {
      const timer = setTimeout(
        () => this.#fail(`It took more than ${PAINT_MS_MAX / 1_000} s.`),
        PAINT_MS_MAX,
      );
      timer.unref();
      this.#waiting.set(id, { resolve, reject, timer });
      const request: PaintRequest = { id, spec, scheme };
      worker.postMessage(request);
    });
  }

  async close(): Promise<void> {
    const worker = this.#drop('The server is closing.');
    if (worker) await endThread(worker);
  }

  #started(): Worker {
    if (this.#worker) return this.#worker;
    const worker = new Worker(entryFile('chart-worker.mjs'), {
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MB_MAX },
    });
    worker.unref();
    worker.on('message', (reply: PaintReply) => this.#settle(reply));
    worker.on('error', (error) => this.#worker === worker && this.#fail(error.message));
    worker.on('exit', () => this.#worker === worker && this.#fail('Its thread ended.'));
    this.#worker = worker;
    return worker;
  }

  #settle(reply: PaintReply): void {
    const waiting = this.#waiting.get(reply.id);
    if (!waiting) return;
    this.#waiting.delete(reply.id);
    clearTimeout(waiting.timer);
    if ('svg' in reply) waiting.resolve(reply.svg);
    else waiting.reject(failed(reply.error));
  }

  #fail(reason: string): void {
    void this.#drop(reason)?.terminate();
  }

  /** The thread that nobody waits for any more. */
  #drop(reason: string): Worker | undefined {
    const worker = this.#worker;
    this.#worker = undefined;
    for (const { reject, timer } of this.#waiting.values()) {
      clearTimeout(timer);
      reject(failed(reason));
    }
    this.#waiting.clear();
    return worker;
  }
}

function failed(reason: string): WharfError {
  return new WharfError('CHART_FAILED', `The picture could not be drawn: ${reason}`, {
    hint: 'The data behind it are at /chart; fewer rows, by a filter, are easier to draw.',
  });
}
