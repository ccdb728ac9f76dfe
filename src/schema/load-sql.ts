/**
 * Envelopes (see `envelope.ts`) as typed columns: SQL that reads a file of them. Nothing is guessed, and text that cannot be
 * converted raises an error instead of becoming null. The documents have passed validation: the engine would round a
 * fraction that stands for an integer.
 */
import { unreachable } from '../base/assert.ts';
import { ENVELOPE_PREFIX_LENGTH } from './envelope.ts';
import { columnsOf, type Dataset, type Field } from './field.ts';
import { journalFormOf } from './journal-form.ts';
import { sqlName, sqlText, sqlType } from './sql-type.ts';

/** A single document may be this large, with its envelope. The engine sets memory aside by it, for each of its threads. */
const LINE_BYTES_MAX = 33_554_432;
/** Less than this does not make the engine's memory smaller. */
const LINE_BYTES_MIN = 1_048_576;

/**
 * A query over a file of envelopes in journal form: `_position BIGINT, _time TIMESTAMPTZ, _op TINYINT`, then the dataset's columns,
 * in the order of the file. Who knows that no line has more than `lineBytes` bytes saves memory by saying so.
 */
export function loadRowsSql(dataset: Dataset, file: string, lineBytes = LINE_BYTES_MAX): string {
  const lineBytesMax = Math.min(LINE_BYTES_MAX, Math.max(LINE_BYTES_MIN, lineBytes));
  if (dataset.extra === 'ignore') return documentRowsSql(file, lineBytesMax);
  const columns = columnsOf(dataset).map(
    (field) => `${converted(field, member('d', field))} as ${sqlName(field.name)}`,
  );
  return `select ${systemColumns('p', 't', 'o')}, ${columns.join(', ')} from ${envelopesSql(columnsOf(dataset), file, lineBytesMax)}`;
}

/** The column of a record's position beside what a source sent: longer than the name of a field may be, so that no field has it. */
export const SOURCE_POSITION = `_position${'_'.repeat(255)}`;

/** Likewise for what a source sent, typed by the input's fields (of any name): SOURCE_POSITION, then a column a field. */
export function sourceRowsSql(fields: readonly Field[], file: string): string {
  const columns = fields.map((field) => `${converted(field, member('d', field))} as ${sqlName(field.name)}`);
  return `select ${[`p as ${SOURCE_POSITION}`, ...columns].join(', ')} from ${envelopesSql(fields, file, LINE_BYTES_MAX)}`;
}

/**
 * A SELECT of these fields, none of which holds JSON, from an expression of the text that `documentLines` makes. As a parameter, that is: the
 * engine would work out what comes of a literal while it plans, which takes it several times as long.
 */
export function documentsSql(fields: readonly Field[], lines: string): string {
  const columns = fields.map((field) => `${converted(field, member('d', field))} as ${sqlName(field.name)}`);
  const shape = JSON.stringify(Object.fromEntries(fields.map((field) => [field.name, loadShape(field)])));
  const each = `select unnest(string_split(nullif(${lines}, ''), chr(10))) as line`;
  return `select ${columns.join(', ')} from (select from_json_strict(line, ${sqlText(shape)}) as d from (${each}))`;
}

/** Documents in JSON form, one a line. */
export function documentLines(fields: readonly Field[], documents: readonly string[]): string {
  const exact = fields.some(holdsDecimal) ? documents.map(journalFormOf(fields)) : documents;
  return exact.join('\n');
}

function holdsDecimal(field: Field): boolean {
  return (
    field.type === 'decimal' ||
    (field.fields ?? []).some(holdsDecimal) ||
    (field.items !== undefined && holdsDecimal(field.items))
  );
}

/** `loadType` as the engine's JSON functions are told of it. */
function loadShape(field: Field): unknown {
  if (field.type === 'object')
    return Object.fromEntries((field.fields ?? []).map((member) => [member.name, loadShape(member)]));
  if (field.type === 'array') return [field.items ? loadShape(field.items) : 'VARCHAR'];
  return loadType(field);
}

/** The text of each document, byte for byte, in the column `document`. */
function documentRowsSql(file: string, lineBytesMax: number): string {
  const line = 'cast(json as varchar)';
  const position = `cast(trim(substr(${line}, 6, 20)) as bigint)`;
  const time = `cast(trim(substr(${line}, 31, 16)) as bigint)`;
  const op = `cast(substr(${line}, 52, 1) as tinyint)`;
  const document = `substr(${line}, ${ENVELOPE_PREFIX_LENGTH + 1}, length(${line}) - ${ENVELOPE_PREFIX_LENGTH + 1})`;
  const source = `read_ndjson_objects(${sqlText(file)}, maximum_object_size = ${lineBytesMax})`;
  return `select ${systemColumns(position, time, op)}, ${document} as document from ${source}`;
}

function systemColumns(position: string, time: string, op: string): string {
  return `${position} as _position, make_timestamptz(${time}) as _time, ${op} as _op`;
}

function envelopesSql(fields: readonly Field[], file: string, lineBytesMax: number): string {
  const members = fields.map((f) => `${sqlName(f.name)} ${loadType(f)}`).join(', ');
  // The engine knows no structure without members.
  const document = members === '' ? 'VARCHAR' : `STRUCT(${members})`;
  const columns = `{p: 'BIGINT', t: 'BIGINT', o: 'TINYINT', d: ${sqlText(document)}}`;
  return `read_json(${sqlText(file)}, format = 'newline_delimited', maximum_object_size = ${lineBytesMax}, columns = ${columns})`;
}

function member(expression: string, field: Field): string {
  return `${expression}[${sqlText(field.name)}]`;
}

/** The type in which the JSON reader is asked for a value: text wherever its own conversion would guess or round. */
function loadType(field: Field): string {
  switch (field.type) {
    case 'integer':
    case 'number':
    case 'boolean':
      return sqlType(field);
    case 'string':
    case 'decimal':
    case 'date':
    case 'time':
    case 'timestamp':
    case 'json':
    case 'bytes':
      return 'VARCHAR';
    case 'object':
      return `STRUCT(${(field.fields ?? []).map((f) => `${sqlName(f.name)} ${loadType(f)}`).join(', ')})`;
    case 'array':
      return `${field.items ? loadType(field.items) : 'VARCHAR'}[]`;
    default:
      return unreachable(field.type);
  }
}

function needsConversion(field: Field): boolean {
  return loadType(field) !== sqlType(field);
}

/** From the loaded type to the column's. `depth` names nested lambdas apart. */
function converted(field: Field, expression: string, depth = 0): string {
  if (!needsConversion(field)) return expression;
  if (field.type === 'bytes') return `from_base64(${expression})`;
  if (field.type === 'object') {
    const members = (field.fields ?? []).map(
      (f) => `${sqlName(f.name)} := ${converted(f, member(expression, f), depth)}`,
    );
    return `case when ${expression} is null then null else struct_pack(${members.join(', ')}) end`;
  }
  if (field.type === 'array' && field.items) {
    const item = `x${depth}`;
    return `list_transform(${expression}, lambda ${item}: ${converted(field.items, item, depth + 1)})`;
  }
  return `cast(${expression} as ${sqlType(field)})`;
}
