/** A decision as what the engine applies. */
import { columnsOf, type Dataset, type Field } from '../schema/field.ts';
import { asksWho, type Lens, type LensPart } from '../schema/lens.ts';
import { sqlName, sqlText, sqlType } from '../schema/sql-type.ts';
import type { Showing, Sight } from './decide.ts';
import { ANYONE, type Principal } from './principal.ts';

/** Undefined when everything is seen. */
export function lensOf(dataset: Dataset, sight: Sight, principal: Principal): Lens | undefined {
  if (sight.kind === 'all') return undefined;
  const parts = sight.shown.map((showing) => partOf(dataset, showing));
  const asked = { parts, hidden: sight.hidden };
  const { kind, name, teams, attributes } = asksWho(asked) ? principal : ANYONE;
  return { ...asked, principal: { kind, name, teams, attributes } };
}

function partOf(dataset: Dataset, { rows, mask }: Showing): LensPart {
  const fields = columnsOf(dataset).filter((field) => Object.hasOwn(mask, field.name));
  return { rows, masks: new Map(fields.map((field) => [field.name, maskSql(field, mask[field.name])])) };
}

/** What a mask may be: null, a constant, or one of these. */
export type Mask =
  | null
  | string
  | number
  | boolean
  | { readonly hash: true }
  | { readonly first: number }
  | { readonly sql: string };

/** An expression over the dataset's columns, not yet of the field's type. */
export function maskSql(field: Field, mask: unknown): string {
  if (mask === null || mask === undefined) return 'null';
  if (typeof mask === 'object') {
    const name = sqlName(field.name);
    if ('hash' in mask) return `sha256(${name})`;
    if ('first' in mask) return `left(${name}, ${Number(mask.first)})`;
    if ('sql' in mask) return String(mask.sql);
  }
  return `cast(${sqlText(String(mask))} as ${sqlType(field)})`;
}
