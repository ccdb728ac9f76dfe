import type { Field } from '../../schema/field.ts';
import { rowJsonSql } from '../../schema/json-form.ts';
import { copyLinesSql } from '../../store/copy-lines.ts';
import { LABEL_END } from './run-lines.ts';

/** Writes a query's rows into a file as `run-lines.ts` reads them. `label` and `order` are expressions over the query's columns; ties are in the order of their text. */
export function labelledLinesSql(
  rows: string,
  fields: readonly Field[],
  { label, order, file }: { readonly label: string; readonly order: string; readonly file: string },
): string {
  // Between tokens of JSON text, where alone they can stand, line ends mean nothing.
  const json = `replace(replace(${rowJsonSql(fields)}, chr(10), ' '), chr(13), ' ')`;
  const line = `cast(${label} as varchar) || chr(${LABEL_END.charCodeAt(0)}) || ${json}`;
  return copyLinesSql(
    `select _line from (select ${line} as _line, ${order} as _order from (${rows})) order by _order, _line`,
    file,
  );
}
