import type { DuckDBVector } from '@duckdb/node-api';
import { isValid } from './vector-access.ts';

/** Which items of an Arrow column are there: one bit an item, lowest first. */
export class ValidityBits {
  #bits = new Uint8Array(128);
  #length = 0;
  #nulls = 0;

  get length(): number {
    return this.#length;
  }

  get nulls(): number {
    return this.#nulls;
  }

  /** Nothing where all items are there. */
  get bitmap(): Uint8Array | undefined {
    return this.#nulls === 0 ? undefined : this.#bits.subarray(0, (this.#length + 7) >> 3);
  }

  /** Appends items of the vector; returns how many of them are null. */
  append(vector: DuckDBVector, from: number, count: number): number {
    this.#reserve(this.#length + count);
    const before = this.#nulls;
    for (let i = 0; i < count; i++) this.push(isValid(vector, from + i));
    return this.#nulls - before;
  }

  push(valid: boolean): void {
    const at = this.#length++;
    if (valid) this.#bits[at >> 3] = (this.#bits[at >> 3] ?? 0) | (1 << (at & 7));
    else this.#nulls += 1;
  }

  reset(): void {
    this.#bits.fill(0);
    this.#length = 0;
    this.#nulls = 0;
  }

  #reserve(items: number): void {
    if (items <= this.#bits.length * 8) return;
    const grown = new Uint8Array(Math.max((items + 7) >> 3, this.#bits.length * 2));
    grown.set(this.#bits);
    this.#bits = grown;
  }
}
