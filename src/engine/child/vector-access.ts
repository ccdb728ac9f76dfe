/**
 * What DuckDB's vectors hold, without making a JavaScript value of each item. The library has these as private members
 * of its vector classes; this is the only file that knows.
 */
import type { DuckDBVector } from '@duckdb/node-api';
import { getStringBytes } from '@duckdb/node-api/lib/vectors/dataAccessors.js';

export type Items =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array
  | Float32Array
  | Float64Array;

interface Internals {
  readonly items: Items;
  readonly dataView: DataView;
  readonly validity: {
    /** A bit for each item, from `offset` on; null when all are valid. */
    readonly data: BigUint64Array | null;
    readonly offset: number;
    itemValid(index: number): boolean;
  };
}

const STRING_SLOT_BYTES = 16;
/** Shorter texts stand in their slots. */
export const SHORT_STRING_BYTES = 12;

function internals(vector: DuckDBVector): Internals {
  return vector as unknown as Internals;
}

export function isValid(vector: DuckDBVector, index: number): boolean {
  return internals(vector).validity.itemValid(index);
}

const always = (): boolean => true;

/** As `isValid`, for many items of one vector. */
export function validItems(vector: DuckDBVector): (index: number) => boolean {
  const { data, offset } = internals(vector).validity;
  if (!data) return always;
  const bits = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return (index) => (((bits[(offset + index) >> 3] ?? 0) >> ((offset + index) & 7)) & 1) !== 0;
}

/** The values of a vector of fixed width; what stands at a null is anything. */
export function itemsOf(vector: DuckDBVector): Items {
  return internals(vector).items;
}

/** The bytes of fixed width behind a vector of booleans or decimals. */
export function bytesOf(vector: DuckDBVector): DataView {
  return internals(vector).dataView;
}

/** The bytes of one VARCHAR or BLOB that is not null; they belong to the vector. */
export function stringBytes(vector: DuckDBVector, index: number): Uint8Array {
  return getStringBytes(internals(vector).dataView, index * STRING_SLOT_BYTES);
}

/** Bytes of one VARCHAR that is not null; `slots` are those of `bytesOf`. */
export function stringLength(slots: DataView, index: number): number {
  return slots.getUint32(index * STRING_SLOT_BYTES, true);
}

/** Where the bytes of a VARCHAR of at most SHORT_STRING_BYTES begin among the slots. */
export function shortStringAt(index: number): number {
  return index * STRING_SLOT_BYTES + 4;
}

/** One VARCHAR that is not null. The library's own getter drops a U+FEFF at the beginning. */
export function stringAt(vector: DuckDBVector, index: number): string {
  const bytes = stringBytes(vector, index);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}
