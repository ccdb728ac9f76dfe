import { encodeCsvLine } from '../../protocols/csv-line.ts';
import type { Field } from '../../schema/field.ts';
import { defusedText, mayHoldFormula } from '../../schema/formula-text.ts';
import { readJson } from '../../schema/json-reader.ts';
import { isJsonNumber, isJsonObject, type JsonValue, memberOf, writeJson } from '../../schema/json-value.ts';

/** Rows (JSON texts) as CSV with a header line: numbers as they are written, nested values as JSON text. */
export function csvOfRows(fields: readonly Field[], rows: readonly string[], rawFormulas: boolean): string {
  const lines = rows.map((row) => {
    const document = readJson(row);
    if (!isJsonObject(document)) throw new Error('Invariant broken: a row is a JSON object');
    return encodeCsvLine(
      fields.map((field) => cell(field, memberOf(document, field.name) ?? null, rawFormulas)),
    );
  });
  return encodeCsvLine(fields.map((field) => field.name)) + lines.join('');
}

function cell(field: Field, value: JsonValue, rawFormulas: boolean): string | null {
  if (value === null) return null;
  if (field.type === 'json') return writeJson(value);
  if (typeof value === 'string') return rawFormulas || !mayHoldFormula(field) ? value : defusedText(value);
  return isJsonNumber(value) ? value.number : writeJson(value);
}
