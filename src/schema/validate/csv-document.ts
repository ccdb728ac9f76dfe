/** A record of delimited text as a JSON document: cells take the types of their fields where they can. */
import type { Field } from '../field.ts';
import { readJson } from '../json-reader.ts';
import type { JsonObject, JsonValue } from '../json-value.ts';
import { type ExactNumber, parseNumber } from '../number-text.ts';
import type { CsvCell, CsvFraming, CsvRecord } from './csv-records.ts';

const BOOLEANS: Readonly<Record<string, boolean>> = {
  true: true,
  false: false,
  yes: true,
  no: false,
  '1': true,
  '0': false,
};

/** Cells of columns that no field names stay text. The record has as many cells as there are columns. */
export function csvDocument(
  record: CsvRecord,
  framing: CsvFraming,
  fields: ReadonlyMap<string, Field>,
): JsonObject {
  const entries = framing.columns.map((name, i) => {
    const cell = record.cells[i] as CsvCell;
    return [name, cellValue(cell, fields.get(name), framing)] as const;
  });
  return { entries, duplicates: [] };
}

function cellValue(cell: CsvCell, field: Field | undefined, framing: CsvFraming): JsonValue {
  if (!cell.quoted && framing.nulls.includes(cell.text)) return null;
  if (!field || field.type === 'string') return cell.text;
  const text = cell.text.trim();
  if (text === '') return null;
  switch (field.type) {
    case 'integer':
    case 'number':
    case 'decimal':
      return numberValue(text);
    case 'boolean':
      return BOOLEANS[text.toLowerCase()] ?? text;
    case 'json':
    case 'object':
    case 'array':
      return jsonValue(text);
    default:
      return text;
  }
}

/** Usual writings that JSON does not know (`+5`, `007`, `.5`) become JSON's; what is no number stays text, to be refused as such. */
function numberValue(text: string): JsonValue {
  if (JSON_NUMBER.test(text)) return { number: text };
  const exact = parseNumber(text);
  return exact ? { number: jsonNumber(exact) } : text;
}

const JSON_NUMBER = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?$/;

function jsonNumber({ negative, digits, exponent }: ExactNumber): string {
  const sign = negative ? '-' : '';
  if (digits === '') return `${sign}0`;
  return exponent === 0 ? sign + digits : `${sign}${digits}e${exponent}`;
}

function jsonValue(text: string): JsonValue {
  try {
    return readJson(text);
  } catch {
    // No JSON: it stays text, which the field's type then accepts or refuses.
    return text;
  }
}
