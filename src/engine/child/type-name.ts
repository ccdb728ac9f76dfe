import type { DuckDBType } from '@duckdb/node-api';

/** The engine's name of a type: `DECIMAL(12,2)`, `BIGINT[]`, and `JSON`, which is a VARCHAR by another name. */
export function typeName(type: DuckDBType): string {
  return type.alias ?? type.toString();
}
