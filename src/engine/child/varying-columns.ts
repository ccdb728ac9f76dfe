/** Arrow columns whose items differ in size, or hold other columns' items. */
import { DuckDBListVector, DuckDBStructVector, type DuckDBVector } from '@duckdb/node-api';
import { type Binary, type Data, Field, List, makeData, Struct, type Utf8 } from 'apache-arrow';
import { present } from '../../base/assert.ts';
import { type ArrowColumn, OFFSET_MAX, withRoom } from './arrow-column.ts';
import { ValidityBits } from './validity-bits.ts';
import { isValid, stringBytes } from './vector-access.ts';

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
