/**
 * Columns of an Arrow record batch, filled from DuckDB's vectors. Values are copied as the bytes they are; none passes
 * through a JavaScript number or text.
 */
import {
  type DuckDBDecimalType,
  DuckDBListVector,
  DuckDBStructVector,
  type DuckDBVector,
} from '@duckdb/node-api';
import {
  type Binary,
  Bool,
  type Data,
  type DataType,
  Decimal,
  Field,
  List,
  makeData,
  Struct,
  type Utf8,
} from 'apache-arrow';
import { present } from '../../base/assert.ts';
import { ValidityBits } from './validity-bits.ts';
import { bytesOf, type Items, isValid, itemsOf, stringBytes } from './vector-access.ts';

/** Arrow's offsets into texts, bytes and lists have 32 bits with a sign. */
const OFFSET_MAX = 0x7fff_ffff;

export interface ArrowColumn {
  readonly type: DataType;
  /** What it holds now, without its children's. */
  readonly bytes: number;
  /** Copies `count` items of the vector, from `from` on. */
  append(vector: DuckDBVector, from: number, count: number): void;
  /** What was appended since the last reset; valid until the next append or reset. */
  data(): Data;
  reset(): void;
}

type ItemsConstructor = new (length: number) => Items;

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

/** VARCHAR and BLOB. */
export class BytesColumn implements ArrowColumn {
  readonly type: Utf8 | Binary;
  readonly #validity = new ValidityBits();
  #offsets = new Int32Array(1);
  #bytes = new Uint8Array(0);
  #used = 0;

  constructor(type: Utf8 | Binary) {
    this.type = type;
  }

  get bytes(): number {
    return this.#used;
  }

  append(vector: DuckDBVector, from: number, count: number): void {
    const at = this.#validity.length;
    this.#offsets = withRoom(this.#offsets, at + count + 1, Int32Array) as Int32Array<ArrayBuffer>;
    this.#validity.append(vector, from, count);
    for (let i = 0; i < count; i++) {
      if (isValid(vector, from + i)) this.#push(stringBytes(vector, from + i));
      this.#offsets[at + i + 1] = this.#used;
    }
  }

  #push(bytes: Uint8Array): void {
    const end = this.#used + bytes.length;
    if (end > OFFSET_MAX) throw new Error(`A batch of texts is longer than ${OFFSET_MAX} bytes.`);
    this.#bytes = withRoom(this.#bytes, end, Uint8Array) as Uint8Array<ArrayBuffer>;
    this.#bytes.set(bytes, this.#used);
    this.#used = end;
  }

  data(): Data {
    const { length, nulls, bitmap } = this.#validity;
    const valueOffsets = this.#offsets.subarray(0, length + 1);
    const data = this.#bytes.subarray(0, this.#used);
    return makeData({
      type: this.type,
      length,
      nullCount: nulls,
      nullBitmap: bitmap,
      valueOffsets,
      data,
    } as never);
  }

  reset(): void {
    this.#used = 0;
    this.#validity.reset();
  }
}

/** LIST: each item's own items are appended to the child, in order. */
export class ListColumn implements ArrowColumn {
  readonly type: List;
  readonly #validity = new ValidityBits();
  readonly #child: ArrowColumn;
  #offsets = new Int32Array(1);
  #used = 0;

  constructor(child: ArrowColumn) {
    this.#child = child;
    this.type = new List(new Field('item', child.type, true));
  }

  get bytes(): number {
    return this.#child.bytes;
  }

  append(vector: DuckDBVector, from: number, count: number): void {
    if (!(vector instanceof DuckDBListVector))
      throw new Error('Invariant broken: a list column got another vector');
    const at = this.#validity.length;
    this.#offsets = withRoom(this.#offsets, at + count + 1, Int32Array) as Int32Array<ArrayBuffer>;
    this.#validity.append(vector, from, count);
    for (let i = 0; i < count; i++) {
      if (isValid(vector, from + i)) {
        const length = vector.getEntryLength(from + i);
        if (length > 0) this.#child.append(vector.childVector, vector.getEntryOffset(from + i), length);
        this.#used += length;
        if (this.#used > OFFSET_MAX) throw new Error(`A batch of lists has more than ${OFFSET_MAX} items.`);
      }
      this.#offsets[at + i + 1] = this.#used;
    }
  }

  data(): Data {
    const { length, nulls, bitmap } = this.#validity;
    const valueOffsets = this.#offsets.subarray(0, length + 1);
    return makeData({
      type: this.type,
      length,
      nullCount: nulls,
      nullBitmap: bitmap ?? null,
      valueOffsets,
      child: this.#child.data(),
    });
  }

  reset(): void {
    this.#used = 0;
    this.#child.reset();
    this.#validity.reset();
  }
}

/** STRUCT: a column for each of its entries. */
export class StructColumn implements ArrowColumn {
  readonly type: Struct;
  readonly #validity = new ValidityBits();
  readonly #children: readonly ArrowColumn[];

  constructor(names: readonly string[], children: readonly ArrowColumn[]) {
    this.#children = children;
    this.type = new Struct(
      children.map((child, i) => new Field(present(names[i], 'each entry has a name'), child.type, true)),
    );
  }

  get bytes(): number {
    return this.#children.reduce((sum, child) => sum + child.bytes, 0);
  }

  append(vector: DuckDBVector, from: number, count: number): void {
    if (!(vector instanceof DuckDBStructVector))
      throw new Error('Invariant broken: a struct column got another vector');
    this.#validity.append(vector, from, count);
    this.#children.forEach((child, i) => {
      child.append(vector.entryVectorAt(i), from, count);
    });
  }

  data(): Data {
    const { length, nulls, bitmap } = this.#validity;
    const children = this.#children.map((child) => child.data());
    return makeData({ type: this.type, length, nullCount: nulls, nullBitmap: bitmap ?? null, children });
  }

  reset(): void {
    for (const child of this.#children) child.reset();
    this.#validity.reset();
  }
}

/** The same items in an array of at least `length`; grown at least twofold, so that appending stays linear. */
function withRoom<T extends Items>(items: T, length: number, make: ItemsConstructor): T {
  if (items.length >= length) return items;
  const grown = new make(Math.max(length, items.length * 2)) as T;
  copyItems(grown, items, 0);
  return grown;
}

function copyItems(to: Items, from: Items, at: number): void {
  (to as Int32Array).set(from as Int32Array, at);
}
