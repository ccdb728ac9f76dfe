/**
 * Changes on their way into batches: which documents are upserted and deleted, by which transactions.
 *
 * A batch ends with a whole transaction. Only one that is larger than a batch is cut, and then what is cut is open: consumers see
 * nothing of it until its end.
 */
import { CAPTURE_BATCH_BYTES_MAX } from '../../kit/input.ts';
import type { Members, RowShape } from '../rows/row-shape.ts';

interface Change {
  readonly line: string;
  readonly isDelete: boolean;
  readonly key: string;
  readonly shape: RowShape;
  readonly members: Members;
}

export interface TakenChanges {
  readonly lines: readonly string[];
  readonly deletes: readonly number[];
}

/** More lines are not put into one batch. */
const LINES_MAX = 20_000;

export class Changes {
  #changes: Change[] = [];
  #bytes = 0;
  /** How many of them, and of their bytes, belong to transactions that have ended. */
  #ended = 0;
  #endedBytes = 0;

  upsert(shape: RowShape, members: Members): void {
    this.#push({
      line: shape.document(members),
      isDelete: false,
      key: shape.keyDocument(members),
      shape,
      members,
    });
  }

  delete(shape: RowShape, members: Members): void {
    const key = shape.keyDocument(members);
    this.#push({ line: key, isDelete: true, key, shape, members });
  }

  #push(change: Change): void {
    this.#changes.push(change);
    this.#bytes += Buffer.byteLength(change.line) + 1;
  }

  /** What is here so far is of whole transactions. */
  end(): void {
    this.#ended = this.#changes.length;
    this.#endedBytes = this.#bytes;
  }

  get isEmpty(): boolean {
    return this.#changes.length === 0;
  }

  get hasEnded(): boolean {
    return this.#ended > 0;
  }

  /** True when a change with so many characters should go into another batch. */
  isFull(characters = 0): boolean {
    return this.#changes.length >= LINES_MAX || this.#bytes + characters > CAPTURE_BATCH_BYTES_MAX / 2;
  }

  /** The newest change of the row with this key; undefined when there is none. */
  newest(key: string): { readonly shape: RowShape; readonly members: Members | undefined } | undefined {
    const change = this.#changes.findLast((one) => one.key === key);
    return change && { shape: change.shape, members: change.isDelete ? undefined : change.members };
  }

  /** Those of transactions that have ended. */
  takeEnded(): TakenChanges {
    const taken = this.#changes.splice(0, this.#ended);
    this.#bytes -= this.#endedBytes;
    this.#ended = 0;
    this.#endedBytes = 0;
    return linesOf(taken);
  }

  takeAll(): TakenChanges {
    this.end();
    return this.takeEnded();
  }
}

function linesOf(changes: readonly Change[]): TakenChanges {
  return {
    lines: changes.map((change) => change.line),
    deletes: changes.flatMap((change, i) => (change.isDelete ? [i] : [])),
  };
}
