/**
 * Keeps consumers before what a source said is not whole yet: a transaction too large for one commit, or a first copy that the
 * changes since have not caught up with.
 *
 * The hold of the stream (see `published.ts`) and who has it are cursors of one commit, so after a crash the same task goes on to
 * the end and releases it. Of several inputs of one product one holds at a time; another that needs to waits for it.
 */
import { crashPoint } from '../../base/crash-points.ts';
import type { CursorUpdate } from '../../journal/journal.ts';
import type { Services } from './services.ts';

const WAIT_FOR_HOLD_MS = 20;

export class CaptureHold {
  readonly #services: Pick<Services, 'journal' | 'published' | 'clock'>;
  readonly #stream: string;
  readonly #task: string;

  constructor(services: Pick<Services, 'journal' | 'published' | 'clock'>, stream: string, task: string) {
    this.#services = services;
    this.#stream = stream;
    this.#task = `hold/${task}`;
  }

  get #isMine(): boolean {
    return this.#services.journal.cursor(this.#task) === true;
  }

  /** Begins the hold when this task has none: on disk before anything that must not be seen alone. */
  async begin(signal: AbortSignal): Promise<void> {
    if (this.#isMine) return;
    const { journal, published, clock } = this.#services;
    while (published.isHeld(this.#stream)) await clock.sleep(WAIT_FOR_HOLD_MS, signal);
    await journal.commit({ cursors: [published.hold(this.#stream), { task: this.#task, value: true }] });
    crashPoint('capture.held');
  }

  /** The cursors for the commit with which all is whole, that brings the head to `head`; nothing when this task holds nothing. */
  ending(head: number): CursorUpdate[] {
    if (!this.#isMine) return [];
    return [this.#services.published.releasing(this.#stream, head), { task: this.#task, value: undefined }];
  }

  /** Once that commit is durable. */
  ended(cursors: readonly CursorUpdate[], head: number): void {
    if (cursors.length > 0) this.#services.published.release(this.#stream, head);
  }
}
