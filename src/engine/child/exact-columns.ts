/** A consumer's query with columns that a file format can carry exactly: what has no type there is cast to one that has. */
import { type DuckDBType, DuckDBTypeId } from '@duckdb/node-api';
import { sqlName } from '../../schema/sql-type.ts';

export type FileKind = 'arrow' | 'parquet';

const WIDE = new Set([DuckDBTypeId.HUGEINT, DuckDBTypeId.UHUGEINT]);
/** Types of Arrow's own that are not written; as text they are exact. */
const TEXT_IN_ARROW = new Set([
  DuckDBTypeId.UUID,
  DuckDBTypeId.INTERVAL,
  DuckDBTypeId.ENUM,
  DuckDBTypeId.BIT,
  DuckDBTypeId.TIME_TZ,
  DuckDBTypeId.TIME_NS,
  DuckDBTypeId.TIMESTAMP_S,
  DuckDBTypeId.TIMESTAMP_MS,
  DuckDBTypeId.TIMESTAMP_NS,
]);

/** The names are told apart: a file may not have two columns of one name. */
export function exactColumnsSql(
  sql: string,
  types: readonly DuckDBType[],
  names: readonly string[],
  kind: FileKind,
): string {
  const columns = types.map((type, i) => {
    const wanted = typeIn(type, kind);
    const value = wanted === undefined ? `c${i}` : `cast(c${i} as ${wanted})`;
    return `${value} as ${sqlName(names[i] ?? `c${i}`)}`;
  });
  const aliases = types.map((_, i) => `c${i}`).join(', ');
  return `select ${columns.join(', ')} from (\n${sql}\n) as t(${aliases})`;
}

function typeIn({ typeId }: DuckDBType, kind: FileKind): string | undefined {
  // 38 digits are the most that either format has; a longer number is an error, not a rounded one.
  if (WIDE.has(typeId)) return 'decimal(38, 0)';
  return kind === 'arrow' && TEXT_IN_ARROW.has(typeId) ? 'varchar' : undefined;
}
