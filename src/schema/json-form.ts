/**
 * Rows as JSON, made by the engine.
 *
 * In *JSON form*, which every port speaks, a row is one object with all columns in order, nulls included: integers and decimals as
 * their exact digits, numbers as the shortest text that reads back as the same double, dates as `2001-01-31`, times as
 * `22:27:00.5`, timestamps as `2001-01-31T22:27:00.5Z` (without `Z` when local), bytes as base64, JSON as it is.
 * *Journal form* differs in two things, because the engine would otherwise read numbers as doubles: JSON stands in it as a
 * string that holds its text, and decimals may stand as strings of their digits.
 *
 * The expressions expect the session's time zone to be UTC.
 */
import type { Dataset, Field } from './field.ts';
import { keyFieldsOf } from './field.ts';
import { DECIMAL_DIGITS_MAX } from './number-text.ts';
import { sqlName, sqlText } from './sql-type.ts';

/** An expression of type VARCHAR over columns that are named as the fields: one JSON object a row. */
export function rowJsonSql(fields: readonly Field[]): string {
  return objectText(fields, (field) => sqlName(field.name), 0);
}

/** Likewise, in journal form. */
export function rowJournalSql(fields: readonly Field[]): string {
  return objectText(fields.map(asJournaled), (field) => sqlName(field.name), 0);
}

/** The key of a row as a JSON object; `null` where every record is kept. */
export function keyJsonSql(dataset: Dataset): string {
  const fields = keyFieldsOf(dataset);
  return fields.length === 0 ? `'null'` : rowJsonSql(fields);
}

/** The JSON text of one value of a field; SQL null stays null. */
export function valueJsonSql(field: Field, expression: string): string {
  return `case when ${expression} is null then null else ${valueText(field, expression, 0)} end`;
}

/** A decimal of type `string` is one that is written as text; all others have no precision. */
function asJournaled(field: Field): Field {
  if (field.type === 'json' || (field.type === 'decimal' && !isDoubleSafe(field)))
    return { ...field, type: 'string' };
  return {
    ...field,
    ...(field.fields ? { fields: field.fields.map(asJournaled) } : {}),
    ...(field.items ? { items: asJournaled(field.items) } : {}),
  };
}

/** True when every value of the decimal survives the engine's JSON reader, which takes it as a double and may write `1e-05`. */
function isDoubleSafe(field: Field): boolean {
  return (field.precision ?? 38) <= 15 && (field.scale ?? 0) <= 4;
}

/** True for what the engine's writer does not write as JSON: JSON itself, and the widest fractions, which it begins with the point. */
function isWrittenHere(field: Field): boolean {
  return (
    field.type === 'json' ||
    isFraction(field) ||
    (field.fields ?? []).some(isWrittenHere) ||
    (field.items !== undefined && isWrittenHere(field.items))
  );
}

/** A decimal that has no digit before the point, and cannot be widened to have one. */
function isFraction(field: Field): boolean {
  return field.type === 'decimal' && field.scale === DECIMAL_DIGITS_MAX;
}

/** The engine's own writer where it is exact; otherwise the members' texts put together. `depth` names nested lambdas apart. */
function objectText(fields: readonly Field[], expression: (field: Field) => string, depth: number): string {
  if (fields.length === 0) return `'{}'`;
  if (!fields.some(isWrittenHere)) return `cast(to_json(${packed(fields, expression, depth)}) as varchar)`;
  const members = fields.map(
    (field) =>
      `${sqlText(`${JSON.stringify(field.name)}:`)} || ${valueText(field, expression(field), depth)}`,
  );
  return `('{' || ${members.join(` || ',' || `)} || '}')`;
}

function packed(fields: readonly Field[], expression: (field: Field) => string, depth: number): string {
  return `struct_pack(${fields.map((f) => `${sqlName(f.name)} := ${writable(f, expression(f), depth)}`).join(', ')})`;
}

/** The JSON text of a value, `null` included. */
function valueText(field: Field, expression: string, depth: number): string {
  if (field.type === 'json') return `coalesce(${expression}, 'null')`;
  if (isFraction(field)) return `coalesce(${fractionText(expression)}, 'null')`;
  if (field.type === 'object' && isWrittenHere(field)) {
    const text = objectText(field.fields ?? [], (member) => `${expression}[${sqlText(member.name)}]`, depth);
    return `case when ${expression} is null then 'null' else ${text} end`;
  }
  if (field.type === 'array' && field.items && isWrittenHere(field.items)) {
    const item = `x${depth}`;
    const texts = `list_transform(${expression}, lambda ${item}: ${valueText(field.items, item, depth + 1)})`;
    return `case when ${expression} is null then 'null' else '[' || array_to_string(${texts}, ',') || ']' end`;
  }
  return `coalesce(cast(to_json(${writable(field, expression, depth)}) as varchar), 'null')`;
}

/** A value that the engine's JSON writer writes in JSON form. */
function writable(field: Field, expression: string, depth: number): string {
  switch (field.type) {
    case 'timestamp':
      return field.zone === 'local' ? localText(expression) : utcText(expression);
    case 'bytes':
      return `to_base64(${expression})`;
    case 'decimal':
      // The engine writes narrow decimals as doubles: `12.5` for 12.50.
      return `cast(${expression} as DECIMAL(${DECIMAL_DIGITS_MAX},${field.scale ?? 0}))`;
    case 'string':
      return field.precision === undefined ? expression : `cast(${expression} as varchar)`;
    case 'object': {
      if (!(field.fields ?? []).some(needsWriting)) return expression;
      const members = packed(field.fields ?? [], (member) => `${expression}[${sqlText(member.name)}]`, depth);
      return `case when ${expression} is null then null else ${members} end`;
    }
    case 'array': {
      if (!field.items || !needsWriting(field.items)) return expression;
      const item = `x${depth}`;
      return `list_transform(${expression}, lambda ${item}: ${writable(field.items, item, depth + 1)})`;
    }
    default:
      return expression;
  }
}

function needsWriting(field: Field): boolean {
  if (field.type === 'timestamp' || field.type === 'bytes' || field.type === 'decimal') return true;
  if (field.type === 'string') return field.precision !== undefined;
  return (field.fields ?? []).some(needsWriting) || (field.items !== undefined && needsWriting(field.items));
}

function localText(expression: string): string {
  return `replace(cast(${expression} as varchar), ' ', 'T')`;
}

function utcText(expression: string): string {
  return `replace(replace(cast(${expression} as varchar), ' ', 'T'), '+00', 'Z')`;
}

function fractionText(expression: string): string {
  return `replace(cast(${expression} as varchar), '.', '0.')`;
}
