/** What somebody sees of a dataset: some of its rows, with some of its columns replaced. Applied inside the engine, before anything else is. */
import { columnsOf, type Dataset } from './field.ts';
import { sqlName, sqlText, sqlType } from './sql-type.ts';

/** One way in which rows are shown. SQL over the dataset's columns and `principal`; it was checked with the mesh. */
export interface LensPart {
  /** A condition; undefined for all rows. */
  readonly rows: string | undefined;
  /** An expression for each column that is replaced. */
  readonly masks: ReadonlyMap<string, string>;
}

/** A row is seen when it meets the condition of any part and none of `hidden`; a column as it is when any such part leaves it as it is. */
export interface Lens {
  readonly parts: readonly LensPart[];
  readonly hidden: readonly string[];
  /** What conditions and masks call `principal`. */
  readonly principal: {
    readonly kind: string;
    readonly name: string;
    readonly teams: readonly string[];
    readonly attributes: Readonly<Record<string, string>>;
  };
}

/** Lenses of the same identity show the same. */
export function lensId(lens: Lens | undefined): string {
  if (!lens) return '';
  const parts = lens.parts.map(({ rows, masks }) => [rows, [...masks]]);
  return JSON.stringify([parts, lens.hidden, lens.principal]);
}

/** The name by which conditions know who asks; no column may have it. */
export const PRINCIPAL_COLUMN = 'principal';

/**
 * A SELECT of the dataset's columns as they are seen, over a SELECT of the same columns; `passed` are further ones, which come before them
 * and are not looked at. Where all columns are the key and nothing is passed, rows that are equal after masking are one.
 */
export function lensSql(
  dataset: Dataset,
  relation: string,
  lens: Lens,
  passed: readonly string[] = [],
): string {
  const flags = lens.parts.map(({ rows }, i) => `${conditionSql(rows)} as _seen${i}`);
  const hidden = lens.hidden.map((condition) => `((\n${condition}\n) is false)`);
  const who = asksWho(lens) ? ` cross join (select ${principalSql(lens)} as ${PRINCIPAL_COLUMN})` : '';
  const inner = `select *, ${flags.join(', ')} from (${relation}) r${who}`;
  const seen = [`(${lens.parts.map((_, i) => `_seen${i}`).join(' or ')})`, ...hidden];
  const columns = columnsOf(dataset).map((field) => {
    const name = sqlName(field.name);
    const shown = columnSql(lens, field.name);
    return shown === undefined ? name : `cast(${shown} as ${sqlType(field)}) as ${name}`;
  });
  const merges =
    dataset.key === 'row' && passed.length === 0 && lens.parts.some(({ masks }) => masks.size > 0);
  return `select ${merges ? 'distinct ' : ''}${[...passed, ...columns].join(', ')} from (${inner}) where ${seen.join(' and ')}`;
}

/** What does not depend on who asks is the same for all, so that it is made once for all of them. */
export function asksWho({ parts, hidden }: Pick<Lens, 'parts' | 'hidden'>): boolean {
  const texts = [...hidden, ...parts.flatMap(({ rows, masks }) => [rows ?? '', ...masks.values()])];
  return texts.some((text) => text.toLowerCase().includes(PRINCIPAL_COLUMN));
}

/** On lines of its own, so that a comment in it ends with it. What is not known to be true is not seen; what is not known to be false is hidden. */
function conditionSql(condition: string | undefined): string {
  return condition === undefined ? 'true' : `((\n${condition}\n) is true)`;
}

/** Undefined for a column that every part leaves as it is. */
function columnSql({ parts }: Lens, column: string): string | undefined {
  if (!parts.some(({ masks }) => masks.has(column))) return undefined;
  const [only, ...others] = parts;
  // A row that is seen is seen by it.
  if (only && others.length === 0) return `(\n${only.masks.get(column)}\n)`;
  const open = parts.flatMap(({ masks }, i) => (masks.has(column) ? [] : [`_seen${i}`]));
  const whens = parts.flatMap(({ masks }, i) => {
    const mask = masks.get(column);
    return mask === undefined ? [] : [`when _seen${i} then (\n${mask}\n)`];
  });
  const asItIs = open.length > 0 ? [`when ${open.join(' or ')} then ${sqlName(column)}`] : [];
  return `case ${[...asItIs, ...whens].join(' ')} end`;
}

function principalSql({ principal }: Lens): string {
  const { kind, name, teams, attributes } = principal;
  const list = `[${teams.map(sqlText).join(', ')}]::varchar[]`;
  const entries = Object.entries(attributes);
  const keys = entries.map(([key]) => sqlText(key)).join(', ');
  const values = entries.map(([, value]) => sqlText(value)).join(', ');
  return `struct_pack(kind := ${sqlText(kind)}, name := ${sqlText(name)}, teams := ${list}, attributes := map([${keys}]::varchar[], [${values}]::varchar[]))`;
}
