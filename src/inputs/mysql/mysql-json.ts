/** Values of MySQL and MariaDB as JSON, from the bytes that the server prints. No value goes through a JavaScript number, but those of the type FLOAT. */
import type { Field } from '../../schema/field.ts';
import { base64Json, documentJson, numberJson, textJson, timeJson } from '../rows/row-json.ts';
import type { ToJson } from '../rows/row-shape.ts';
import type { MysqlType } from './mysql-types.ts';

type Write = (text: string) => string;

const NUMBERS = ['integer', 'number', 'decimal'];
const DOCUMENTS = ['json', 'object', 'array'];
/** Digits that tell any two values of the type FLOAT apart. */
const FLOAT_DIGITS_MIN = 6;
const FLOAT_DIGITS_MAX = 9;

/** Undefined when the field cannot hold what the type holds. Without a field, the form that holds all of it. */
export function mysqlToJson(type: MysqlType, field: Field | undefined): ToJson<Buffer> | undefined {
  if (type.kind === 'bytes') return bytesToJson(field);
  if (type.kind === 'bit') return bitToJson(type, field);
  const write = writerOf(type, field);
  return write && ((bytes) => write(bytes.toString()));
}

function writerOf({ kind, isTruth }: MysqlType, field: Field | undefined): Write | undefined {
  const wanted = field?.type;
  switch (kind) {
    case 'integer':
      if (wanted === 'boolean' && isTruth) return truthJson;
      return numbers(NUMBERS, wanted);
    case 'decimal':
      return numbers(NUMBERS, wanted);
    case 'float':
      return wanted === undefined || wanted === 'number' ? floatJson : text(wanted, floatText);
    case 'double':
      return numbers(['number'], wanted);
    case 'date':
    case 'time':
      return wanted === undefined || wanted === kind ? textJson : text(wanted);
    case 'datetime':
      return wanted === undefined || isTimestamp(field, true) ? timeJson : text(wanted);
    case 'timestamp':
      return wanted === undefined || isTimestamp(field, false)
        ? (value) => timeJson(`${value}Z`)
        : text(wanted);
    case 'json':
      return wanted === undefined || DOCUMENTS.includes(wanted) ? documentJson : text(wanted);
    case 'set':
      return wanted === 'array' ? setJson : text(wanted ?? 'string');
    case 'text':
      return wanted !== undefined && DOCUMENTS.includes(wanted) ? documentJson : text(wanted ?? 'string');
  }
}

function numbers(types: readonly string[], wanted: string | undefined): Write | undefined {
  return wanted === undefined || types.includes(wanted) ? numberJson : text(wanted);
}

function text(wanted: string, form: Write = (value) => value): Write | undefined {
  return wanted === 'string' ? (value) => textJson(form(value)) : undefined;
}

function isTimestamp(field: Field | undefined, isLocal: boolean): boolean {
  return field?.type === 'timestamp' && (field.zone === 'local') === isLocal;
}

function truthJson(value: string): string {
  return value === '0' ? 'false' : value === '1' ? 'true' : numberJson(value);
}

function setJson(value: string): string {
  return `[${value === '' ? '' : value.split(',').map(textJson).join(',')}]`;
}

function floatJson(value: string): string {
  return numberJson(floatText(value));
}

/** The shortest digits of a FLOAT, which comes as the DOUBLE of the same value. */
function floatText(value: string): string {
  const exact = Number(value);
  for (let digits = FLOAT_DIGITS_MIN; digits < FLOAT_DIGITS_MAX; digits++) {
    const short = Number(exact.toPrecision(digits));
    if (Math.fround(short) === exact) return String(short);
  }
  return value;
}

function bytesToJson(field: Field | undefined): ToJson<Buffer> | undefined {
  if (field === undefined || field.type === 'bytes') return base64Json;
  return field.type === 'string' ? (bytes) => `"${bytes.toString('hex')}"` : undefined;
}

function bitToJson({ isTruth }: MysqlType, field: Field | undefined): ToJson<Buffer> | undefined {
  const number = (bytes: Buffer) => BigInt(`0x0${bytes.toString('hex')}`).toString();
  if (field?.type === 'boolean') return isTruth ? (bytes) => truthJson(number(bytes)) : undefined;
  if (field?.type === 'bytes') return base64Json;
  if (field?.type === 'string') return (bytes) => `"${number(bytes)}"`;
  return field === undefined || NUMBERS.includes(field.type) ? number : undefined;
}
