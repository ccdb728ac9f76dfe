import { unreachable } from '../base/assert.ts';
import type { Field } from '../schema/field.ts';
import { valueJsonSql } from '../schema/json-form.ts';
import { sqlName } from '../schema/sql-type.ts';

/** A column's value as text: JSON and strings as they are, everything else as in the JSON form, without the quotes of text. */
export function valueTextSql(field: Field): string {
  const column = sqlName(field.name);
  switch (field.type) {
    case 'string':
    case 'json':
      return column;
    case 'bytes':
      return `to_base64(${column})`;
    case 'date':
    case 'time':
    case 'timestamp':
      return `substr(${valueJsonSql(field, column)}, 2, length(${valueJsonSql(field, column)}) - 2)`;
    case 'integer':
    case 'number':
    case 'decimal':
    case 'boolean':
    case 'object':
    case 'array':
      return valueJsonSql(field, column);
    default:
      return unreachable(field.type);
  }
}
