import type { Field } from '../../schema/field.ts';
import { sqlName } from '../../schema/sql-type.ts';
import type { Relation } from '../../store/store.ts';

/** A column of another table, whose values a field is compared with. */
export interface Wanted {
  readonly field: Field;
  readonly table: string;
  readonly column: string;
}

/**
 * The relation's rows that can have a wanted value in one of these fields of its key, and maybe others: what is left is small enough to be
 * compared exactly. A field that is never null is preferred, because the engine then skips parts of the files.
 */
export function ofKeysSql(relation: Relation, wanted: readonly Wanted[]): string {
  const best = wanted.find(({ field }) => field.required) ?? wanted[0];
  if (!best) return relation.sql;
  const name = sqlName(best.field.name);
  const isWanted = `${name} in (select ${best.column} from ${best.table})`;
  return relation.where(best.field.required ? isWanted : `(${isWanted} or ${name} is null)`);
}

/** The key's fields as columns of the same names in another table. */
export function wantedKeys(fields: readonly Field[], table: string): Wanted[] {
  return fields.map((field) => ({ field, table, column: sqlName(field.name) }));
}
