import type { DuckDBVector } from '@duckdb/node-api';
import type { Data, DataType } from 'apache-arrow';
import type { Items } from './vector-access.ts';

/**
 * A column of an Arrow record batch, filled from DuckDB's vectors. Values are copied as the bytes they are; none passes
 * through a JavaScript number or text.
 */
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

/** Arrow's offsets into texts, bytes and lists have 32 bits with a sign. */
export const OFFSET_MAX = 0x7fff_ffff;

export type ItemsConstructor = new (length: number) => Items;

/** The same items in an array of at least `length`; grown at least twofold, so that appending stays linear. */
export function withRoom<T extends Items>(items: T, length: number, make: ItemsConstructor): T {
  if (items.length >= length) return items;
  const grown = new make(Math.max(length, items.length * 2)) as T;
  copyItems(grown, items, 0);
  return grown;
}

export function copyItems(to: Items, from: Items, at: number): void {
  (to as Int32Array).set(from as Int32Array, at);
}
