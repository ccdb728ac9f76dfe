import { type Dataset, type Field, keyFieldsOf } from '../../schema/field.ts';
import { sqlName } from '../../schema/sql-type.ts';
import type { Relation } from '../../store/store.ts';

/** A column of another table, whose values a field is compared with. */
export interface Wanted {
  /** The field's. */
  readonly name: string;
  /** Null is looked for, too. */
  readonly isNullable: boolean;
  readonly table: string;
  readonly column: string;
}

/**
 * The relation's rows that can have a wanted value in one of these fields of its key, and maybe others: what is left is small enough to be
 * compared exactly. One that looks for no null is preferred, because the engine then skips parts of the files.
 */
export function ofKeysSql(relation: Relation, wanted: readonly Wanted[]): string {
  const best = wanted.find(({ isNullable }) => !isNullable) ?? wanted[0];
  if (!best) return relation.sql;
  const name = sqlName(best.name);
  const isWanted = `${name} in (select ${best.column} from ${best.table})`;
  return relation.where(best.isNullable ? `(${isWanted} or ${name} is null)` : isWanted);
}

/** The key's fields as columns of the same names in another table. */
export function wantedKeys(dataset: Dataset, table: string): Wanted[] {
  return keyFieldsOf(dataset).map((field) => ({
    name: field.name,
    isNullable: mayBeNull(dataset, field),
    table,
    column: sqlName(field.name),
  }));
}

/** The fields that a key names are never null. A field that is required now may have been null in rows that came before it was. */
export function mayBeNull({ key }: Dataset, { name }: Field): boolean {
  return key === 'none' || key === 'row' || !key.includes(name);
}
