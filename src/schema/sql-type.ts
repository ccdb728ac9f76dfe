/** Fields as the engine's types, and names and texts as the engine's SQL. */
import { unreachable } from '../base/assert.ts';
import type { Field } from './field.ts';

/** A name as SQL: always quoted, so that no name is a keyword. */
export function sqlName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A text as an SQL literal. */
export function sqlText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** The engine's type of a column. JSON is held as its text, so that no number in it is touched. */
export function sqlType(field: Field): string {
  switch (field.type) {
    case 'string':
    case 'json':
      return 'VARCHAR';
    case 'integer':
      return 'BIGINT';
    case 'number':
      return 'DOUBLE';
    case 'decimal':
      return `DECIMAL(${field.precision ?? 38},${field.scale ?? 0})`;
    case 'boolean':
      return 'BOOLEAN';
    case 'date':
      return 'DATE';
    case 'time':
      return 'TIME';
    case 'timestamp':
      return field.zone === 'local' ? 'TIMESTAMP' : 'TIMESTAMP WITH TIME ZONE';
    case 'bytes':
      return 'BLOB';
    case 'object':
      return `STRUCT(${(field.fields ?? []).map((f) => `${sqlName(f.name)} ${sqlType(f)}`).join(', ')})`;
    case 'array':
      return field.items ? `${sqlType(field.items)}[]` : 'VARCHAR[]';
    default:
      return unreachable(field.type);
  }
}
