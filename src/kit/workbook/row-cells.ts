import {
  dateCell,
  numberCell,
  textCell,
  timestampCell,
  type XlsxCell,
} from '../../protocols/xlsx/xlsx-cell.ts';
import type { Field } from '../../schema/field.ts';
import { readJson } from '../../schema/json-reader.ts';
import {
  isJsonNumber,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  memberOf,
  writeJson,
} from '../../schema/json-value.ts';

/** What a spreadsheet takes for a formula when such a text is edited. */
const FORMULA_START = /^[=+\-@]/;

export type FieldCell = (value: JsonValue) => XlsxCell;

/** How the values of each field become cells. With `rawFormulas`, text is not marked to stay text. */
export function fieldCells(fields: readonly Field[], rawFormulas: boolean): readonly FieldCell[] {
  const text = (value: string) => textCell(value, !rawFormulas && FORMULA_START.test(value));
  return fields.map((field) => (value) => fieldCell(field, value, text));
}

/** The cells of a row, given as its JSON text. */
export function rowCells(fields: readonly Field[], cells: readonly FieldCell[], row: string): XlsxCell[] {
  const document = readJson(row);
  if (!isJsonObject(document)) throw new Error('Invariant broken: a row is a JSON object');
  return fields.map((field, i) => cells[i]?.(valueAt(document, i, field.name)) ?? null);
}

/** Members mostly stand in the order of the fields. */
function valueAt(document: JsonObject, index: number, name: string): JsonValue {
  const entry = document.entries[index];
  return entry?.[0] === name ? entry[1] : (memberOf(document, name) ?? null);
}

function fieldCell(field: Field, value: JsonValue, text: (value: string) => XlsxCell): XlsxCell {
  if (value === null) return null;
  if (field.type === 'json') return text(writeJson(value));
  if (typeof value === 'boolean') return { kind: 'boolean', value };
  if (isJsonNumber(value)) return numberCell(value.number);
  if (typeof value !== 'string') return text(writeJson(value));
  if (field.type === 'date') return dateCell(value);
  return field.type === 'timestamp' ? timestampCell(value) : text(value);
}
