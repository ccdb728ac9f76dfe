/**
 * A row in JSON form as a DataRow message of Postgres, cell by cell as a guest writes them. What cannot be told from the JSON form alone
 * (days before the year 1, numbers that are none, most binary forms) is left to the guest.
 */
import { codeOf } from '../../../base/errors.ts';
import type { Field } from '../../../schema/field.ts';
import { readJson } from '../../../schema/json-reader.ts';
import { isJsonObject, memberOf } from '../../../schema/json-value.ts';
import { valueText } from '../../../schema/text-form.ts';

type Text = (text: string) => string;
type Binary = (text: string) => Buffer;

interface Cells {
  readonly text: Text;
  readonly binary?: Binary;
}

const asItIs: Text = (text) => text;
const double: Text = (text) => (Object.is(Number(text), -0) ? '-0' : String(Number(text)));
const instant: Text = (text) => text.replace('T', ' ').replace('Z', '+00');

/** Of the text form of each type. */
const CELLS: Readonly<Partial<Record<Field['type'], Cells>>> = {
  string: { text: asItIs, binary: (text) => Buffer.from(text, 'utf8') },
  integer: { text: asItIs, binary: int8 },
  number: { text: double, binary: float8 },
  decimal: { text: asItIs },
  boolean: {
    text: (text) => (text === 'true' ? 't' : 'f'),
    binary: (text) => Buffer.of(text === 'true' ? 1 : 0),
  },
  date: { text: asItIs },
  time: { text: asItIs },
  timestamp: { text: instant },
};

export function hasCells({ type }: Field): boolean {
  return CELLS[type] !== undefined;
}

/** `columns` as in a plan. Undefined where a guest must be asked. */
export function rowCells(
  row: string,
  columns: readonly (Field | undefined)[],
  binary: readonly boolean[],
): Uint8Array | undefined {
  try {
    // Whoever asks only whether the row is there need not wait for its reading.
    const document = columns.some((field) => field) ? readJson(row) : null;
    const cells: (Buffer | null)[] = [];
    for (const [i, field] of columns.entries()) {
      const value = field && isJsonObject(document) ? (memberOf(document, field.name) ?? null) : null;
      const text = field ? valueText(field, value) : '1';
      const cell = text === null ? null : cellOf(field, text, binary[i] === true);
      if (cell === undefined) return undefined;
      cells.push(cell);
    }
    return dataRow(cells);
  } catch (error) {
    if (['JSON_SYNTAX', 'TEXT_FORM_INVALID'].includes(codeOf(error) ?? '')) return undefined;
    throw error;
  }
}

function cellOf(field: Field | undefined, text: string, isBinary: boolean): Buffer | undefined {
  if (!field) return isBinary ? Buffer.of(0, 0, 0, 1) : Buffer.from(text);
  const cells = CELLS[field.type];
  return isBinary ? cells?.binary?.(text) : cells && Buffer.from(cells.text(text), 'utf8');
}

function dataRow(cells: readonly (Buffer | null)[]): Uint8Array {
  const length = cells.reduce((sum, cell) => sum + 4 + (cell?.length ?? 0), 6);
  const bytes = Buffer.allocUnsafe(length + 1);
  let at = bytes.write('D', 'latin1');
  at = bytes.writeInt32BE(length, at);
  at = bytes.writeInt16BE(cells.length, at);
  for (const cell of cells) {
    at = bytes.writeInt32BE(cell?.length ?? -1, at);
    at += cell?.copy(bytes, at) ?? 0;
  }
  return bytes;
}

function int8(text: string): Buffer {
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeBigInt64BE(BigInt(text));
  return bytes;
}

function float8(text: string): Buffer {
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeDoubleBE(Number(text));
  return bytes;
}
