/** The engine's type names back to fields, for files that bring their own types (Parquet). */
import type { Field } from './field.ts';

const SIMPLE: Readonly<Record<string, Omit<Field, 'name'>>> = {
  BOOLEAN: { type: 'boolean' },
  TINYINT: { type: 'integer' },
  SMALLINT: { type: 'integer' },
  INTEGER: { type: 'integer' },
  BIGINT: { type: 'integer' },
  UTINYINT: { type: 'integer' },
  USMALLINT: { type: 'integer' },
  UINTEGER: { type: 'integer' },
  UBIGINT: { type: 'decimal', precision: 20, scale: 0 },
  HUGEINT: { type: 'decimal', precision: 38, scale: 0 },
  UHUGEINT: { type: 'decimal', precision: 38, scale: 0 },
  FLOAT: { type: 'number' },
  DOUBLE: { type: 'number' },
  VARCHAR: { type: 'string' },
  UUID: { type: 'string' },
  INTERVAL: { type: 'string' },
  BIT: { type: 'string' },
  BLOB: { type: 'bytes' },
  DATE: { type: 'date' },
  TIME: { type: 'time' },
  TIMESTAMP: { type: 'timestamp', zone: 'local' },
  TIMESTAMP_S: { type: 'timestamp', zone: 'local' },
  TIMESTAMP_MS: { type: 'timestamp', zone: 'local' },
  TIMESTAMP_NS: { type: 'timestamp', zone: 'local' },
  'TIMESTAMP WITH TIME ZONE': { type: 'timestamp', zone: 'utc' },
  JSON: { type: 'json' },
};

const DECIMAL = /^DECIMAL\(([0-9]+), ?([0-9]+)\)$/;
const STRUCT = /^STRUCT\((.*)\)$/s;
const ARRAY = /^(.*)\[[0-9]*\]$/s;

/**
 * The field that holds a column of the type, e.g. `DECIMAL(12,2)`, `STRUCT(a BIGINT, "b c" VARCHAR)[]`.
 * What has no type here (maps, unions) is held as JSON, enumerations as text.
 */
export function fieldOfSqlType(name: string, sqlType: string): Field {
  const simple = SIMPLE[sqlType];
  if (simple) return { name, ...simple };
  const items = ARRAY.exec(sqlType)?.[1];
  if (items !== undefined) return { name, type: 'array', items: fieldOfSqlType('items', items) };
  const decimal = DECIMAL.exec(sqlType);
  if (decimal) return { name, type: 'decimal', precision: Number(decimal[1]), scale: Number(decimal[2]) };
  const members = STRUCT.exec(sqlType)?.[1];
  if (members !== undefined) return { name, type: 'object', fields: splitMembers(members).map(memberField) };
  return { name, type: sqlType.startsWith('ENUM(') ? 'string' : 'json' };
}

/** Cuts at commas that stand outside of names and parentheses. */
function splitMembers(text: string): string[] {
  const members: string[] = [];
  let depth = 0;
  let inName = false;
  let from = 0;
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (character === '"') inName = !inName;
    else if (inName) continue;
    else if (character === '(') depth += 1;
    else if (character === ')') depth -= 1;
    else if (character === ',' && depth === 0) {
      members.push(text.slice(from, i).trim());
      from = i + 1;
    }
  }
  return [...members, text.slice(from).trim()];
}

/** `name TYPE`, or `"a name" TYPE` with quotes in it doubled. */
function memberField(text: string): Field {
  const quoted = /^"((?:[^"]|"")*)" (.*)$/s.exec(text);
  if (quoted) return fieldOfSqlType((quoted[1] ?? '').replaceAll('""', '"'), quoted[2] ?? '');
  const space = text.indexOf(' ');
  return fieldOfSqlType(text.slice(0, space), text.slice(space + 1));
}
