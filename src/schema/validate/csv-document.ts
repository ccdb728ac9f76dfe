/** A record of delimited text as a JSON document: cells take the types of their fields where they can. */
import { codeOf } from '../../base/errors.ts';
import type { Field } from '../field.ts';
import { readJson } from '../json-reader.ts';
import type { JsonObject, JsonValue } from '../json-value.ts';
import { type ExactNumber, parseNumber } from '../number-text.ts';
import type { Reason } from '../slice.ts';
import { pointerPart } from './collect-reasons.ts';
import { quoted } from './constraints.ts';
import type { CsvCell, CsvFraming, CsvRecord } from './csv-records.ts';

/** A map, because cells may hold the name of anything that an object inherits. */
const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['false', false],
  ['yes', true],
  ['no', false],
  ['1', true],
  ['0', false],
]);

/** What a cell of a boolean field says; undefined for other words. */
export function booleanOf(text: string): boolean | undefined {
  return BOOLEANS.get(text.toLowerCase());
}

/**
 * Cells of columns that no field names stay text, and so do cells that are not what their field wants, to be refused as such.
 * Text is a value of a `json` field, so a cell of one that is not JSON is told as a reason here.
 * The record has as many cells as there are columns.
 */
export function csvDocument(
  record: CsvRecord,
  framing: CsvFraming,
  fields: ReadonlyMap<string, Field>,
): { readonly document: JsonObject; readonly reasons: readonly Reason[] } {
  const reasons: Reason[] = [];
  const entries = framing.columns.map((name, i) => {
    const cell = record.cells[i] as CsvCell;
    const value = cellValue(cell, fields.get(name), framing);
    if (value !== NOT_JSON) return [name, value] as const;
    const message = `Expected JSON, received the text ${quoted(cell.text)}.`;
    reasons.push({ code: 'JSON_INVALID', pointer: `/${pointerPart(name)}`, message });
    return [name, cell.text] as const;
  });
  return { document: { entries, duplicates: repeated(framing.columns) }, reasons };
}

function repeated(names: readonly string[]): readonly string[] {
  if (new Set(names).size === names.length) return [];
  return [...new Set(names.filter((name, i) => names.indexOf(name) < i))];
}

const NOT_JSON = Symbol('the text of a json cell is not JSON');

function cellValue(
  cell: CsvCell,
  field: Field | undefined,
  framing: CsvFraming,
): JsonValue | typeof NOT_JSON {
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
      return booleanOf(text) ?? text;
    case 'json':
    case 'object':
    case 'array': {
      const value = jsonValue(text);
      if (value !== undefined) return value;
      return field.type === 'json' ? NOT_JSON : text;
    }
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

/** Undefined when the text is not JSON. */
function jsonValue(text: string): JsonValue | undefined {
  try {
    return readJson(text);
  } catch (thrown) {
    if (codeOf(thrown) === 'JSON_SYNTAX' || codeOf(thrown) === 'JSON_TOO_DEEP') return undefined;
    throw thrown;
  }
}
