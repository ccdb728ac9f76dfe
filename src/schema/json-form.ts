/**
 * Rows as JSON, made by the engine.
 *
 * In *JSON form*, which every port speaks, a row is one object with all columns in order, nulls included: integers and decimals as
 * their exact digits, numbers as the shortest text that reads back as the same double, dates as `2001-01-31`, times as
 * `22:27:00.5`, timestamps as `2001-01-31T22:27:00.5Z` (without `Z` when local), bytes as base64, JSON as it is.
 * *Journal form* differs in one thing: JSON stands in it as a string that holds its text, because the engine would
 * otherwise read it and write the numbers in it anew.
 *
 * The expressions expect the session's time zone to be UTC.
 */
import type { Dataset, Field } from './field.ts';
import { keyFieldsOf } from './field.ts';
import { sqlName, sqlText } from './sql-type.ts';

/** An expression of type VARCHAR over columns that are named as the fields: one JSON object a row. */
export function rowJsonSql(fields: readonly Field[]): string {
  return objectText(fields, (field) => sqlName(field.name), 0);
}

/** Likewise, in journal form. */
export function rowJournalSql(fields: readonly Field[]): string {
  return objectText(fields.map(jsonAsString), (field) => sqlName(field.name), 0);
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

function jsonAsString(field: Field): Field {
  if (field.type === 'json') return { ...field, type: 'string' };
  return {
    ...field,
    ...(field.fields ? { fields: field.fields.map(jsonAsString) } : {}),
    ...(field.items ? { items: jsonAsString(field.items) } : {}),
  };
}

function holdsJson(field: Field): boolean {
  return (
    field.type === 'json' ||
    (field.fields ?? []).some(holdsJson) ||
    (field.items !== undefined && holdsJson(field.items))
  );
}

/** The engine's own writer where it is exact; otherwise the members' texts put together. `depth` names nested lambdas apart. */
function objectText(fields: readonly Field[], expression: (field: Field) => string, depth: number): string {
  if (fields.length === 0) return `'{}'`;
  if (!fields.some(holdsJson)) return `cast(to_json(${packed(fields, expression, depth)}) as varchar)`;
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
  if (field.type === 'object' && holdsJson(field)) {
    const text = objectText(field.fields ?? [], (member) => `${expression}[${sqlText(member.name)}]`, depth);
    return `case when ${expression} is null then 'null' else ${text} end`;
  }
  if (field.type === 'array' && field.items && holdsJson(field.items)) {
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
  if (field.type === 'timestamp' || field.type === 'bytes') return true;
  return (field.fields ?? []).some(needsWriting) || (field.items !== undefined && needsWriting(field.items));
}

function localText(expression: string): string {
  return `replace(cast(${expression} as varchar), ' ', 'T')`;
}

function utcText(expression: string): string {
  return `replace(replace(cast(${expression} as varchar), ' ', 'T'), '+00', 'Z')`;
}
