/** Arrow columns whose items all have the same width. */
import type { DuckDBDecimalType, DuckDBVector } from '@duckdb/node-api';
import { Bool, type Data, type DataType, Decimal, makeData } from 'apache-arrow';
import { type ArrowColumn, copyItems, type ItemsConstructor, withRoom } from './arrow-column.ts';
import { ValidityBits } from './validity-bits.ts';
import { bytesOf, type Items, isValid, itemsOf } from './vector-access.ts';

/** Any type whose items have the same width in DuckDB and in Arrow. */
export class FixedColumn implements ArrowColumn {
  readonly type: DataType;
  readonly #validity = new ValidityBits();
  readonly #arrayOf: ItemsConstructor;
  #items: Items;

  constructor(type: DataType, itemsConstructor: ItemsConstructor) {
    this.type = type;
    this.#arrayOf = itemsConstructor;
    this.#items = new itemsConstructor(0);
  }

  get bytes(): number {
    return this.#validity.length * this.#items.BYTES_PER_ELEMENT;
  }

  append(vector: DuckDBVector, from: number, count: number): void {
    const at = this.#validity.length;
    this.#items = withRoom(this.#items, at + count, this.#arrayOf);
    copyItems(this.#items, itemsOf(vector).subarray(from, from + count), at);
    if (this.#validity.append(vector, from, count) === 0) return;
    // What stands at a null is memory of whatever was there before.
    const zero = this.#items instanceof BigInt64Array || this.#items instanceof BigUint64Array ? 0n : 0;
    for (let i = 0; i < count; i++) if (!isValid(vector, from + i)) this.#items[at + i] = zero;
  }

  data(): Data {
    const { length, nulls, bitmap } = this.#validity;
    return makeData({
      type: this.type,
      length,
      nullCount: nulls,
      nullBitmap: bitmap,
      data: this.#items.subarray(0, length),
    } as never);
  }

  reset(): void {
    this.#validity.reset();
  }
}

/** DECIMAL: DuckDB's 2, 4, 8 or 16 bytes become Arrow's 16. */
export class DecimalColumn implements ArrowColumn {
  readonly type: Decimal;
  readonly #validity = new ValidityBits();
  readonly #width: number;
  #words = new BigInt64Array(0);

  constructor(type: DuckDBDecimalType) {
    this.type = new Decimal(type.scale, type.width, 128);
    this.#width = type.width <= 4 ? 2 : type.width <= 9 ? 4 : type.width <= 18 ? 8 : 16;
  }

  get bytes(): number {
    return this.#validity.length * 16;
  }

  append(vector: DuckDBVector, from: number, count: number): void {
    const at = this.#validity.length;
    this.#words = withRoom(this.#words, (at + count) * 2, BigInt64Array) as BigInt64Array<ArrayBuffer>;
    this.#validity.append(vector, from, count);
    const view = bytesOf(vector);
    for (let i = 0; i < count; i++) {
      const there = isValid(vector, from + i);
      const low = there ? this.#low(view, (from + i) * this.#width) : 0n;
      const high =
        there && this.#width === 16 ? view.getBigInt64((from + i) * 16 + 8, true) : low < 0n ? -1n : 0n;
      this.#words[(at + i) * 2] = low;
      this.#words[(at + i) * 2 + 1] = there ? high : 0n;
    }
  }

  #low(view: DataView, offset: number): bigint {
    if (this.#width === 2) return BigInt(view.getInt16(offset, true));
    if (this.#width === 4) return BigInt(view.getInt32(offset, true));
    return view.getBigInt64(offset, true);
  }

  data(): Data {
    const { length, nulls, bitmap } = this.#validity;
    const data = new Uint32Array(this.#words.buffer, 0, length * 4);
    return makeData({ type: this.type, length, nullCount: nulls, nullBitmap: bitmap ?? null, data });
  }

  reset(): void {
    this.#validity.reset();
  }
}

/** BOOLEAN: a byte an item becomes a bit an item. */
export class BoolColumn implements ArrowColumn {
  readonly type = new Bool();
  readonly #validity = new ValidityBits();
  #bits = new Uint8Array(0);

  get bytes(): number {
    return this.#bits.length;
  }

  append(vector: DuckDBVector, from: number, count: number): void {
    const at = this.#validity.length;
    this.#bits = withRoom(this.#bits, (at + count + 7) >> 3, Uint8Array) as Uint8Array<ArrayBuffer>;
    this.#validity.append(vector, from, count);
    const view = bytesOf(vector);
    for (let i = 0; i < count; i++) {
      if (!isValid(vector, from + i) || view.getUint8(from + i) === 0) continue;
      const bit = at + i;
      this.#bits[bit >> 3] = (this.#bits[bit >> 3] ?? 0) | (1 << (bit & 7));
    }
  }

  data(): Data {
    const { length, nulls, bitmap } = this.#validity;
    return makeData({
      type: this.type,
      length,
      nullCount: nulls,
      nullBitmap: bitmap ?? null,
      data: this.#bits,
    });
  }

  reset(): void {
    this.#bits.fill(0);
    this.#validity.reset();
  }
}
