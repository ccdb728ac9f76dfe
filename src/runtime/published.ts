/**
 * The one place that knows up to where consumers may see a stream.
 *
 * Mostly that is the journal's head. What must be seen as a whole and does not fit into one commit is journaled behind a
 * *hold*: the stream stays at the position from before until the last commit releases it. Holds are cursors, set by the first
 * of these commits and removed by the last one, so a crash between them leaves the stream where it was.
 *
 * A held stretch is remembered after its release (the last STRETCHES_MAX of them): an instant that fell into it is read at
 * the position before it.
 */
import type { CursorUpdate, Journal, StreamId } from '../journal/journal.ts';

const PREFIX = 'published/';
const STRETCHES_MAX = 200;

interface Holds {
  /** Consumers see nothing after this position; undefined when they see everything. */
  readonly held: number | undefined;
  /** Positions (after the first, before the second) that were never published; ascending. */
  readonly stretches: readonly (readonly [number, number])[];
}

const NONE: Holds = { held: undefined, stretches: [] };

export class Published {
  readonly #journal: Journal;
  readonly #holds = new Map<StreamId, Holds>();
  readonly #listeners = new Map<StreamId, Set<() => void>>();

  constructor(journal: Journal) {
    this.#journal = journal;
    for (const { task, value } of journal.cursors(PREFIX))
      this.#holds.set(task.slice(PREFIX.length), value as Holds);
  }

  /** The last position that consumers may see; 0 for a stream without any. */
  position(stream: StreamId): number {
    const head = this.#journal.head(stream);
    return Math.min(head, this.#of(stream).held ?? head);
  }

  /** The last published position at or before one of the journal. */
  settled(stream: StreamId, position: number): number {
    const { stretches } = this.#of(stream);
    const inside = stretches.find(([before, end]) => before < position && position < end);
    return Math.min(inside?.[0] ?? position, this.position(stream));
  }

  isHeld(stream: StreamId): boolean {
    return this.#of(stream).held !== undefined;
  }

  /** Keeps the stream where it is, from now on; the cursor goes into the first commit that must not be seen alone. */
  hold(stream: StreamId): CursorUpdate {
    const holds = { ...this.#of(stream), held: this.position(stream) };
    this.#holds.set(stream, holds);
    return { task: PREFIX + stream, value: holds };
  }

  /** The cursor for the commit with which the hold ends: the one that brings the head to `head`. */
  releasing(stream: StreamId, head: number): CursorUpdate {
    return { task: PREFIX + stream, value: this.#released(stream, head) };
  }

  /** Once that commit is durable. */
  release(stream: StreamId, head: number): void {
    this.#holds.set(stream, this.#released(stream, head));
    for (const listener of [...(this.#listeners.get(stream) ?? [])]) listener();
  }

  /** Calls back whenever consumers may see more of the stream. Returns the way to stop. */
  onMove(stream: StreamId, listener: () => void): () => void {
    const own = () => listener();
    const listeners = this.#listeners.get(stream) ?? new Set();
    this.#listeners.set(stream, listeners.add(own));
    const stopAppends = this.#journal.onAppend(stream, () => {
      if (!this.isHeld(stream)) listener();
    });
    return () => {
      stopAppends();
      listeners.delete(own);
    };
  }

  #of(stream: StreamId): Holds {
    return this.#holds.get(stream) ?? NONE;
  }

  #released(stream: StreamId, head: number): Holds {
    const { held, stretches } = this.#of(stream);
    if (held === undefined) return { held, stretches };
    const added = head > held ? [...stretches, [held, head] as const] : stretches;
    return { held: undefined, stretches: added.slice(-STRETCHES_MAX) };
  }
}
