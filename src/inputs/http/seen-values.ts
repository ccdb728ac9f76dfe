/**
 * What an incremental look has seen: the largest value of the field, and the records that have it (the edge), so that those which
 * the next look brings again, because it asks from that value on, are left out. Anything else is news, however late.
 */
import { createHash } from 'node:crypto';
import { compareOrderKeys, type OrderKey } from '../file/replay-order.ts';
import type { Seen } from './http-cursor.ts';

/** More different records of one value are not remembered: they come again, as the source gives them. */
export const EDGE_RECORDS_MAX = 1_000;

export class SeenValues {
  readonly #before: Seen;
  /** Of the edge before, how often each record may still be left out. */
  readonly #left: Map<string, number>;
  #largest: OrderKey;
  #edge: Map<string, number>;

  constructor(before: Seen, now: Seen = before) {
    this.#before = before;
    this.#left = new Map(Object.entries(before.edge));
    this.#largest = now.largest;
    this.#edge = new Map(Object.entries(now.edge));
  }

  /** False for a record that came with a look before. */
  isNews(record: Uint8Array, key: OrderKey): boolean {
    if (key === undefined) return true;
    const known = this.#before.largest;
    const hash = hashOf(record);
    if (known !== undefined && compareOrderKeys(key, known) === 0) {
      const left = this.#left.get(hash) ?? 0;
      if (left > 0) {
        this.#left.set(hash, left - 1);
        return false;
      }
    }
    this.#remember(hash, key);
    return true;
  }

  now(): Seen {
    const edge = Object.fromEntries(this.#edge);
    return this.#largest === undefined ? { edge } : { largest: this.#largest, edge };
  }

  #remember(hash: string, key: NonNullable<OrderKey>): void {
    const order = this.#largest === undefined ? 1 : compareOrderKeys(key, this.#largest);
    if (order < 0) return;
    if (order > 0) {
      this.#largest = key;
      this.#edge = new Map();
    }
    if (this.#edge.size < EDGE_RECORDS_MAX || this.#edge.has(hash))
      this.#edge.set(hash, (this.#edge.get(hash) ?? 0) + 1);
  }
}

function hashOf(record: Uint8Array): string {
  return createHash('sha256').update(Buffer.from(record).toString().trim()).digest('base64url').slice(0, 22);
}
