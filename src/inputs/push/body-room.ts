/**
 * The memory that bodies of pushes may take together. What was received is counted, not what a sender says that it will send: else a few
 * that send nothing could keep everybody else out.
 */
import { formatBytes } from '../../base/duration.ts';
import { WharfError } from '../../base/errors.ts';
import './errors.ts';

/** Bytes of all bodies that are received, unpacked or not yet acknowledged. */
export const PUSH_BODIES_BYTES_MAX = 128 * 1024 * 1024;

export class BodyRoom {
  readonly #bytesMax: number;
  #bytes = 0;

  constructor(bytesMax = PUSH_BODIES_BYTES_MAX) {
    this.#bytesMax = bytesMax;
  }

  get bytes(): number {
    return this.#bytes;
  }

  share(): BodyShare {
    return new BodyShare(this);
  }

  /** Throws PUSH_BUSY. A single body always finds room. */
  take(bytes: number, held: number): void {
    const others = this.#bytes - held;
    if (others > 0 && this.#bytes + bytes > this.#bytesMax) {
      throw new WharfError(
        'PUSH_BUSY',
        `The bodies of other pushes take ${formatBytes(others)}; expected at most ${formatBytes(this.#bytesMax)} together.`,
        { hint: 'Send it again a little later; smaller bodies, or fewer at a time, find room sooner.' },
      );
    }
    this.#bytes += bytes;
  }

  give(bytes: number): void {
    this.#bytes -= bytes;
  }
}

/** What one push takes of the room. */
export class BodyShare {
  readonly #room: BodyRoom;
  #held = 0;
  #released = false;

  constructor(room: BodyRoom) {
    this.#room = room;
  }

  /** Throws PUSH_BUSY. After `release` nothing is taken any more: nobody waits for the answer. */
  add(bytes: number): void {
    if (this.#released) return;
    this.#room.take(bytes, this.#held);
    this.#held += bytes;
  }

  release(): void {
    this.#released = true;
    this.#room.give(this.#held);
    this.#held = 0;
  }
}
