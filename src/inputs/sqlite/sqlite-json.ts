/**
 * Values of SQLite as JSON. A column of SQLite holds values of any type, whatever it was declared as, so that each value is written by its own
 * type for the type of the field: what the field cannot hold is rejected record by record.
 */
import type { Field } from '../../schema/field.ts';
import { base64Json, documentJson, numberJson, textJson, timeJson } from '../rows/row-json.ts';
import type { ToJson } from '../rows/row-shape.ts';
import type { SqliteValue } from './sqlite-messages.ts';

type SqliteNumber = number | bigint;

interface Writers {
  readonly text: (text: string) => string;
  readonly number: (number: SqliteNumber) => string;
  readonly bytes: (bytes: Uint8Array) => string;
}

const PLAIN: Writers = {
  text: textJson,
  number: (number) => numberJson(String(number)),
  bytes: base64Json,
};

export function sqliteToJson(field: Field | undefined): ToJson<SqliteValue> {
  const { text, number, bytes } = writersOf(field);
  return (value) => {
    if (typeof value === 'string') return text(value);
    return typeof value === 'object' ? bytes(value) : number(value);
  };
}

function writersOf(field: Field | undefined): Writers {
  switch (field?.type) {
    case 'string':
      return { ...PLAIN, number: (number) => `"${number}"` };
    case 'integer':
    case 'number':
    case 'decimal':
      return { ...PLAIN, text: numberJson };
    case 'boolean':
      return { ...PLAIN, text: truthText, number: truth };
    case 'timestamp':
      return { ...PLAIN, text: timeJson };
    case 'bytes':
      return { ...PLAIN, text: (text) => base64Json(Buffer.from(text)) };
    case 'json':
    case 'object':
    case 'array':
      return { ...PLAIN, text: documentJson };
    case 'date':
    case 'time':
    case undefined:
      return PLAIN;
  }
}

function truth(number: SqliteNumber): string {
  const digit = String(number);
  return digit === '0' ? 'false' : digit === '1' ? 'true' : numberJson(digit);
}

function truthText(text: string): string {
  return text === 'true' || text === 'false' ? text : textJson(text);
}
