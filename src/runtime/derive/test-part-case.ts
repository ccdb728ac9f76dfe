/** For tests: queries over `orders` and `custs`, and the way in which a part of the answer is found. */
import type { Field } from '../../schema/field.ts';
import type { Way } from '../../transform/choose-way.ts';

export interface PartCase {
  readonly sql: string;
  readonly key: readonly string[];
  readonly fields: readonly Field[];
  readonly way: Way['kind'];
  /** The only input that moves, where it is not any of them. */
  readonly moves?: string;
}

export const field = (name: string, type: Field['type'], more: Partial<Field> = {}): Field => ({
  name,
  type,
  ...more,
});
export const int = (...names: string[]) => names.map((name) => field(name, 'integer'));
export const text = (...names: string[]) => names.map((name) => field(name, 'string'));
export const rekeyed = (sql: string, key: string[], fields: Field[]): PartCase => ({
  sql,
  key,
  fields,
  way: 'rekey',
});
export const refreshed = (sql: string, key: string[], fields: Field[]): PartCase => ({
  sql,
  key,
  fields,
  way: 'refresh',
});
export const merged = (sql: string, key: string[], fields: Field[]): PartCase => ({
  sql,
  key,
  fields,
  way: 'merge',
});
