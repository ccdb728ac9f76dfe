/** The order of values of a field: numbers by value, then text by code point, then everything else as it came. */

import { codeOf } from '../../base/errors.ts';
import { csvCells } from '../../protocols/csv-cells.ts';
import type { Framing } from '../../schema/framing.ts';
import { readJson } from '../../schema/json-reader.ts';
import { isJsonNumber, isJsonObject, type JsonValue, memberOf } from '../../schema/json-value.ts';

/** A value to order by: a number's literal, or text. */
export type OrderKey = { readonly number: string } | { readonly text: string } | undefined;

const NUMBER = /^-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?$/;
const INTEGER = /^-?\d+$/;

/** Reads the key of a record; a record that cannot be read has none, and comes last. */
export function orderKeyOf(record: string, by: string, framing: Framing): OrderKey {
  if (framing.format === 'ndjson') return jsonKey(record, by.split('.'));
  const cell = csvCells(record, framing)[framing.columns.indexOf(by)];
  if (cell === undefined || cell === '' || framing.nulls.includes(cell)) return undefined;
  return NUMBER.test(cell) ? { number: cell } : { text: cell };
}

function jsonKey(record: string, path: readonly string[]): OrderKey {
  let value: JsonValue | undefined;
  try {
    value = readJson(record);
  } catch (thrown) {
    if (codeOf(thrown)?.startsWith('JSON_')) return undefined;
    throw thrown;
  }
  for (const name of path)
    value = value !== undefined && isJsonObject(value) ? memberOf(value, name) : undefined;
  if (typeof value === 'string') return { text: value };
  return value !== undefined && isJsonNumber(value) ? { number: value.number } : undefined;
}

/** Below 0 when a comes first, 0 when the order of the file decides. */
export function compareOrderKeys(a: OrderKey, b: OrderKey): number {
  const kind = kindOf(a) - kindOf(b);
  if (kind !== 0 || !a || !b) return kind;
  if ('number' in a && 'number' in b) return compareNumbers(a.number, b.number);
  return 'text' in a && 'text' in b ? Buffer.compare(Buffer.from(a.text), Buffer.from(b.text)) : 0;
}

function kindOf(key: OrderKey): number {
  if (!key) return 2;
  return 'number' in key ? 0 : 1;
}

/** Integers exactly, whatever their size; others as doubles, where values closer than that count as equal. */
function compareNumbers(a: string, b: string): number {
  const difference = Number(a) - Number(b);
  if (difference !== 0 && !Number.isNaN(difference)) return difference;
  if (!INTEGER.test(a) || !INTEGER.test(b)) return 0;
  const left = BigInt(a);
  const right = BigInt(b);
  return left < right ? -1 : left > right ? 1 : 0;
}
