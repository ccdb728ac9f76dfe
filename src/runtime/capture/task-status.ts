/** How a task is doing, for `wharf status` and the pages. */
import { type Progress, ProgressMeter } from './progress-meter.ts';

export type TaskState = 'starting' | 'running' | 'caught-up' | 'retrying' | 'failed' | 'stopped';

export interface TaskStatus {
  readonly task: string;
  /** What the task measures of its source, by name. */
  readonly gauges: Readonly<Record<string, number>>;
  readonly state: TaskState;
  readonly accepted: number;
  readonly rejected: number;
  /** Records a second over the last while. */
  readonly rate: number;
  readonly progress: Progress | undefined;
  readonly lastError:
    | { readonly code: string; readonly message: string; readonly hint: string | undefined }
    | undefined;
}

const RATE_WINDOW_MS = 2_000;

/** Counts what goes through a task. */
export class TaskMeter {
  state: TaskState = 'starting';
  accepted = 0;
  rejected = 0;
  readonly gauges = new Map<string, number>();
  readonly progress: ProgressMeter;
  lastError: TaskStatus['lastError'];
  readonly #task: string;
  readonly #nowMs: () => number;
  #windowStartMs: number;
  #windowRecords = 0;
  #rate = 0;

  constructor(task: string, nowMs: () => number) {
    this.#task = task;
    this.#nowMs = nowMs;
    this.progress = new ProgressMeter(nowMs);
    this.#windowStartMs = nowMs();
  }

  count(accepted: number, rejected: number): void {
    this.accepted += accepted;
    this.rejected += rejected;
    this.#roll();
    this.#windowRecords += accepted + rejected;
  }

  status(): TaskStatus {
    this.#roll();
    const { state, accepted, rejected, lastError } = this;
    const progress = this.progress.now;
    const gauges = Object.fromEntries(this.gauges);
    const rate = Math.round(this.#rate);
    return { task: this.#task, gauges, state, accepted, rejected, rate, progress, lastError };
  }

  #roll(): void {
    const passedMs = this.#nowMs() - this.#windowStartMs;
    if (passedMs < RATE_WINDOW_MS) return;
    this.#rate = (this.#windowRecords * 1_000) / passedMs;
    this.#windowRecords = 0;
    this.#windowStartMs = this.#nowMs();
  }
}
