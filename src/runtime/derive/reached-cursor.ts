import type { Services } from '../capture/services.ts';
import type { DeriveCursor } from './derive-cursor.ts';

/** A cycle that changed nothing is written down at most this often. */
const QUIET_CURSOR_MS = 1_000;

/** Where a derived product's state stands; the journal may know of an earlier vector that gives the same state. */
export class ReachedCursor {
  readonly #services: Pick<Services, 'journal' | 'clock'>;
  readonly #task: string;
  #now: DeriveCursor | undefined;
  #journaledMs = 0;
  #unwritten = false;

  constructor(services: Pick<Services, 'journal' | 'clock'>, task: string) {
    this.#services = services;
    this.#task = task;
    this.#now = services.journal.cursor(task) as DeriveCursor | undefined;
  }

  /** undefined before the first answer, or its first part. */
  get now(): DeriveCursor | undefined {
    return this.#now;
  }

  /** The cursor is ahead of the journal's. */
  get isUnwritten(): boolean {
    return this.#unwritten;
  }

  /** How long until what is unwritten shall be written down; less than nothing when it is late. */
  get writeInMs(): number {
    return this.#journaledMs + QUIET_CURSOR_MS - this.#services.clock.nowMs();
  }

  /** It was journaled, with what brought the state there. */
  journaled(cursor: DeriveCursor): void {
    this.#now = cursor;
    this.#isWritten();
  }

  /** The state is the same there. */
  async moveQuietly(cursor: DeriveCursor): Promise<void> {
    this.#now = cursor;
    this.#unwritten = true;
    await this.writeIfDue();
  }

  async writeIfDue(): Promise<void> {
    if (this.writeInMs <= 0) await this.write();
  }

  async write(): Promise<void> {
    if (!this.#unwritten) return;
    await this.#services.journal.commit({ cursors: [{ task: this.#task, value: this.#now }] });
    this.#isWritten();
  }

  #isWritten(): void {
    this.#unwritten = false;
    this.#journaledMs = this.#services.clock.nowMs();
  }
}
