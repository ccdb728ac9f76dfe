/**
 * The one place that knows up to where consumers may see a stream.
 *
 * Mostly that is the journal's head. Two things keep it behind:
 * - A *hold*: what must be seen as a whole and does not fit into one commit is journaled behind it, and the stream stays at the position
 *   from before until the last commit releases it. Holds are cursors, set by the first of these commits and removed by the
 *   last one, so a crash between them leaves the stream where it was.
 * - A *gate*: consumers see what has passed, and nothing else. How far that is, is a cursor too, so what was journaled and not
 *   checked is not seen after a crash either.
 *
 * Positions that were never published are remembered: who asks for one gets the position before it. The last STRETCHES_MAX are kept as
 * they were; stretches in which a check failed are never forgotten, and the oldest are joined into one when there are more.
 */
import type { CursorUpdate, Journal, StreamId } from '../journal/journal.ts';
import {
  afterPass,
  afterRefusal,
  type GateState,
  newGate,
  STRETCHES_MAX,
  type Stretch,
} from './gate-state.ts';

const HOLDS = 'published/';
const GATES = 'gate/';

interface Holds {
  /** Consumers see nothing after this position; undefined when they see everything. */
  readonly held: number | undefined;
  /** Never published; ascending. */
  readonly stretches: readonly Stretch[];
}

const NONE: Holds = { held: undefined, stretches: [] };

export class Published {
  readonly #journal: Journal;
  readonly #holds = new Map<StreamId, Holds>();
  readonly #gates = new Map<StreamId, GateState>();
  readonly #listeners = new Map<StreamId, Set<() => void>>();
  readonly #completions = new Map<StreamId, Set<() => void>>();

  constructor(journal: Journal) {
    this.#journal = journal;
    for (const { task, value } of journal.cursors(HOLDS))
      this.#holds.set(task.slice(HOLDS.length), value as Holds);
    for (const { task, value } of journal.cursors(GATES))
      this.#gates.set(task.slice(GATES.length), value as GateState);
  }

  /** The last position that consumers may see; 0 for a stream without any. */
  position(stream: StreamId): number {
    return Math.min(this.complete(stream), this.#gates.get(stream)?.passed ?? Number.POSITIVE_INFINITY);
  }

  /** The last position at which nothing is half done; what a gate is asked about. */
  complete(stream: StreamId): number {
    const head = this.#journal.head(stream);
    return Math.min(head, this.#of(stream).held ?? head);
  }

  /** The last published position at or before one of the journal. */
  settled(stream: StreamId, position: number): number {
    const gate = this.#gates.get(stream);
    const stretches = [...this.#of(stream).stretches, ...(gate?.unchecked ?? []), ...(gate?.refused ?? [])];
    let settled = Math.min(position, this.position(stream));
    for (;;) {
      const inside = stretches.find(([before, end]) => before < settled && settled < end);
      if (!inside) return settled;
      settled = inside[0];
    }
  }

  isHeld(stream: StreamId): boolean {
    return this.#of(stream).held !== undefined;
  }

  /** Keeps the stream where it is, from now on; the cursor goes into the first commit that must not be seen alone. */
  hold(stream: StreamId): CursorUpdate {
    const holds = { ...this.#of(stream), held: this.complete(stream) };
    this.#holds.set(stream, holds);
    return { task: HOLDS + stream, value: holds };
  }

  /** The cursor for the commit with which the hold ends: the one that brings the head to `head`. */
  releasing(stream: StreamId, head: number): CursorUpdate {
    return { task: HOLDS + stream, value: this.#released(stream, head) };
  }

  /** Once that commit is durable. */
  release(stream: StreamId, head: number): void {
    this.#holds.set(stream, this.#released(stream, head));
    tell(this.#completions, stream);
    if (!this.isGated(stream)) tell(this.#listeners, stream);
  }

  isGated(stream: StreamId): boolean {
    return this.#gates.has(stream);
  }

  /** The last position that was looked at and did not pass, while none after it has. */
  refusedAt(stream: StreamId): number | undefined {
    return this.#gates.get(stream)?.failed?.last;
  }

  /**
   * Gives exactly these streams a gate, and resolves once that is on disk; before that nothing may be journaled. What a stream shows
   * already when it gets its gate stays published.
   */
  async gate(streams: readonly StreamId[]): Promise<void> {
    const cursors: CursorUpdate[] = [];
    for (const stream of [...this.#gates.keys()].filter((known) => !streams.includes(known))) {
      this.#gates.delete(stream);
      cursors.push({ task: GATES + stream, value: undefined });
    }
    for (const stream of streams.filter((wanted) => !this.#gates.has(wanted))) {
      const state = newGate(this.complete(stream));
      this.#gates.set(stream, state);
      cursors.push({ task: GATES + stream, value: state });
    }
    if (cursors.length > 0) await this.#journal.commit({ cursors });
  }

  /** The cursor for the commit with which consumers may see the stream up to `position`. */
  passing(stream: StreamId, position: number): CursorUpdate {
    return { task: GATES + stream, value: afterPass(this.#gateOf(stream), position) };
  }

  /** Once that commit is durable. */
  pass(stream: StreamId, position: number): void {
    this.#gates.set(stream, afterPass(this.#gateOf(stream), position));
    tell(this.#listeners, stream);
  }

  /** The cursor for the commit that says that `position` did not pass; then `refuse`. */
  refusing(stream: StreamId, position: number): CursorUpdate {
    return { task: GATES + stream, value: afterRefusal(this.#gateOf(stream), position) };
  }

  refuse(stream: StreamId, position: number): void {
    this.#gates.set(stream, afterRefusal(this.#gateOf(stream), position));
  }

  /** Calls back whenever consumers may see more of the stream. Returns the way to stop. */
  onMove(stream: StreamId, listener: () => void): () => void {
    const stopAppends = this.#journal.onAppend(stream, () => {
      if (!this.isHeld(stream) && !this.isGated(stream)) listener();
    });
    const stop = add(this.#listeners, stream, listener);
    return () => {
      stopAppends();
      stop();
    };
  }

  /** Calls back whenever there is more to be looked at by a gate. Returns the way to stop. */
  onComplete(stream: StreamId, listener: () => void): () => void {
    const stopAppends = this.#journal.onAppend(stream, () => {
      if (!this.isHeld(stream)) listener();
    });
    const stop = add(this.#completions, stream, listener);
    return () => {
      stopAppends();
      stop();
    };
  }

  #of(stream: StreamId): Holds {
    return this.#holds.get(stream) ?? NONE;
  }

  #gateOf(stream: StreamId): GateState {
    const state = this.#gates.get(stream);
    if (state) return state;
    throw new Error(`Invariant broken: ${stream} has no gate`);
  }

  #released(stream: StreamId, head: number): Holds {
    const { held, stretches } = this.#of(stream);
    if (held === undefined) return { held, stretches };
    const added = head > held ? [...stretches, [held, head] as const] : stretches;
    return { held: undefined, stretches: added.slice(-STRETCHES_MAX) };
  }
}

function add(all: Map<StreamId, Set<() => void>>, stream: StreamId, listener: () => void): () => void {
  const own = () => listener();
  const listeners = all.get(stream) ?? new Set();
  all.set(stream, listeners.add(own));
  return () => void listeners.delete(own);
}

function tell(all: ReadonlyMap<StreamId, ReadonlySet<() => void>>, stream: StreamId): void {
  for (const listener of [...(all.get(stream) ?? [])]) listener();
}
