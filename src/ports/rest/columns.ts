import { didYouMean } from '../../base/suggest.ts';
import { columnsOf, type Dataset, type Field } from '../../schema/field.ts';
import type { RequestProblems } from '../answer/request-problems.ts';
import { quoted } from '../answer/request-problems.ts';

/** The columns of a dataset by name. */
export type Columns = ReadonlyMap<string, Field>;

/** Where in a request something stands: the parameter, and the character of its value from 1. */
export interface RequestPlace {
  readonly parameter: string;
  readonly character?: number;
}

export function columnsByName(dataset: Dataset): Columns {
  return new Map(columnsOf(dataset).map((field) => [field.name, field]));
}

/** The column of this name; otherwise undefined, and a problem. */
export function findColumn(
  columns: Columns,
  name: string,
  place: RequestPlace,
  problems: RequestProblems,
): Field | undefined {
  const field = columns.get(name);
  if (field) return field;
  problems.add({
    code: 'COLUMN_UNKNOWN',
    ...place,
    detail: `There is no column ${quoted(name)}.`,
    hint: didYouMean(name, columns.keys()) || `There are: ${[...columns.keys()].join(', ')}.`,
  });
  return undefined;
}
