import { encodeBlock } from './block-format.ts';
import { damageError } from './damage.ts';
import type { Append, StreamId } from './journal.ts';
import { blocksFrom, placeOf, streamKey } from './keys.ts';
import type { Change, KeyFile } from './lmdb-file.ts';
import { sealEntry } from './sealed-entry.ts';

/** What is known of a stream without looking at its blocks; stored beside them, in the same write. */
export interface StreamState {
  /** The last durable position; 0 for none. It survives the trimming of all blocks. */
  readonly head: number;
  readonly headTimeUs: number;
  /** The first position that is held; head + 1 for none. */
  readonly tail: number;
  /** Bytes of the blocks that are held. */
  readonly bytes: number;
}

export const EMPTY_STREAM: StreamState = { head: 0, headTimeUs: 0, tail: 1, bytes: 0 };
const TRIM_KEYS_PAGE = 1_024;

interface DraftBlock {
  readonly dataset: string;
  readonly first: number;
  readonly deletes: number[];
  readonly pieces: Uint8Array[];
  count: number;
  bytes: number;
}

/** The changes of one stream in one group, before they are written. */
export class StreamDraft {
  readonly #stream: StreamId;
  readonly #file: KeyFile;
  readonly #before: StreamState;
  readonly #removed: Buffer[] = [];
  #blocks: DraftBlock[] = [];
  #head: number;
  #headTimeUs: number;
  #tail: number;
  #bytes: number;

  constructor(stream: StreamId, file: KeyFile, before: StreamState) {
    this.#stream = stream;
    this.#file = file;
    this.#before = before;
    this.#head = before.head;
    this.#headTimeUs = before.headTimeUs;
    this.#tail = before.tail;
    this.#bytes = before.bytes;
  }

  /** True when the group appends to the stream. */
  get grew(): boolean {
    return this.#head > this.#before.head;
  }

  append(append: Append, timeUs: number, blockBytesMax: number): { first: number; last: number } {
    const first = this.#head + 1;
    const last = this.#head + append.count;
    const open = this.#blocks.at(-1);
    const joins = open?.dataset === append.dataset && open.bytes + append.body.length <= blockBytesMax;
    const block = open && joins ? open : this.#open(append.dataset, first);
    for (const index of append.deletes ?? []) block.deletes.push(block.count + index);
    block.pieces.push(append.body);
    block.count += append.count;
    block.bytes += append.body.length;
    this.#head = last;
    this.#headTimeUs = timeUs;
    return { first, last };
  }

  #open(dataset: string, first: number): DraftBlock {
    const block = { dataset, first, deletes: [], pieces: [], count: 0, bytes: 0 };
    this.#blocks.push(block);
    return block;
  }

  /** Drops whole blocks that end at or before `upTo`: first those on disk, then those of this group. */
  trim(upTo: number): void {
    const through = Math.min(Math.floor(upTo), this.#head);
    if (through < this.#tail) return;
    const before = blocksFrom(this.#stream, through + 1);
    for (;;) {
      const keys = this.#file.keys(blocksFrom(this.#stream, this.#tail), before, TRIM_KEYS_PAGE);
      const dropped = keys.filter((key) => this.#drop(key, through));
      if (dropped.length < TRIM_KEYS_PAGE) break;
    }
    if (this.#tail <= this.#before.head) return;
    const kept = this.#blocks.filter((block) => block.first + block.count - 1 > through);
    this.#blocks = kept;
    this.#tail = kept[0]?.first ?? this.#head + 1;
  }

  #drop(key: Buffer, through: number): boolean {
    const { first, count, bytes } = placeOf(key);
    const last = first + count - 1;
    if (last > through) return false;
    if (first !== this.#tail) {
      const place = { file: this.#file.path, stream: this.#stream, position: this.#tail };
      throw damageError(place, `the block is missing; the next one starts at ${first}`);
    }
    this.#removed.push(key);
    this.#tail = last + 1;
    this.#bytes -= bytes;
    return true;
  }

  /** What to write, and the state of the stream once that is done. */
  finish(timeUs: number): { readonly changes: Change[]; readonly state: StreamState } {
    if (!this.grew && this.#removed.length === 0) return { changes: [], state: this.#before };
    const changes: Change[] = this.#removed.map((key) => ({ key, value: undefined }));
    for (const { dataset, first, count, deletes, pieces } of this.#blocks) {
      const block = encodeBlock({ stream: this.#stream, dataset, first, count, timeUs, deletes, pieces });
      this.#bytes += block.value.length;
      changes.push(block);
    }
    const state = { head: this.#head, headTimeUs: this.#headTimeUs, tail: this.#tail, bytes: this.#bytes };
    const key = streamKey(this.#stream);
    changes.push({ key, value: sealEntry(key, state) });
    return { changes, state };
  }
}
