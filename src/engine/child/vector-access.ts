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
  readonly validity: { itemValid(index: number): boolean };
}

const STRING_SLOT_BYTES = 16;

function internals(vector: DuckDBVector): Internals {
  return vector as unknown as Internals;
}

export function isValid(vector: DuckDBVector, index: number): boolean {
  return internals(vector).validity.itemValid(index);
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

/** One VARCHAR that is not null. The library's own getter drops a U+FEFF at the beginning. */
export function stringAt(vector: DuckDBVector, index: number): string {
  const bytes = stringBytes(vector, index);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}
