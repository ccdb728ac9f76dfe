/** Everything that the query of `GET /rows` may say. */
import { didYouMean } from '../../base/suggest.ts';
import type { Dataset } from '../../schema/field.ts';
import { type Filter, type OrderTerm, ROWS_LIMIT_MAX } from '../../schema/rows-query.ts';
import { repeatedParameter } from '../answer/once-parameters.ts';
import type { QueryParameters } from '../answer/query-parameters.ts';
import { quoted, RequestProblems } from '../answer/request-problems.ts';
import { type Columns, columnsByName } from './columns.ts';
import { parseOrder, parseSelect } from './parse-columns.ts';
import { isGroupName, parseFilter } from './parse-filter.ts';
import { ROW_FORMATS, type RowFormat } from './row-format.ts';

/** Parameters that are not filters of a column; a column of such a name is filtered within `and=(...)`. */
export const ROWS_PARAMETERS = [
  'select',
  'order',
  'limit',
  'after',
  'at',
  'count',
  'format',
  'formulas',
] as const;
type RowsParameter = (typeof ROWS_PARAMETERS)[number];

export interface RowsRequest {
  readonly select: readonly string[] | undefined;
  readonly filter: Filter | undefined;
  readonly order: readonly OrderTerm[];
  readonly limit: number;
  readonly count: boolean;
  readonly at: string | undefined;
  /** The token of the page before, not yet looked into. */
  readonly after: string | undefined;
  /** Stronger than the Accept header. */
  readonly format: RowFormat | undefined;
  /** CSV: leave text as it is that a spreadsheet would run. */
  readonly rawFormulas: boolean;
}

/** Throws one error with all problems. */
export function parseRowsRequest(
  dataset: Dataset,
  parameters: QueryParameters,
  limitDefault: number,
): RowsRequest {
  const problems = new RequestProblems();
  const columns = columnsByName(dataset);
  const { values, filters } = sortParameters(columns, parameters, problems);
  const request: RowsRequest = {
    select: values.select === undefined ? undefined : parseSelect(columns, values.select, problems),
    filter: parseFilter(columns, filters, problems),
    order: values.order === undefined ? [] : parseOrder(columns, values.order, problems),
    limit: values.limit === undefined ? limitDefault : parseLimit(values.limit, problems),
    count: oneOf('count', values.count, ['exact'], problems) === 'exact',
    at: values.at,
    after: values.after,
    format: oneOf('format', values.format, ROW_FORMATS, problems),
    rawFormulas: oneOf('formulas', values.formulas, ['raw'], problems) === 'raw',
  };
  problems.throwIfAny();
  return request;
}

function sortParameters(columns: Columns, parameters: QueryParameters, problems: RequestProblems) {
  const values: Partial<Record<RowsParameter, string>> = {};
  const filters: (readonly [string, string])[] = [];
  for (const [name, value] of parameters) {
    const parameter = ROWS_PARAMETERS.find((known) => known === name);
    if (parameter === undefined) {
      if (columns.has(name) || isGroupName(name)) filters.push([name, value]);
      else problems.add(unknownName(name, columns));
    } else if (values[parameter] !== undefined) problems.add(repeatedParameter(name));
    else values[parameter] = value;
  }
  return { values, filters };
}

function unknownName(name: string, columns: Columns) {
  const detail = `There is no column and no parameter ${quoted(name)}.`;
  if (name === 'offset') {
    return {
      code: 'PARAMETER_UNKNOWN',
      parameter: name,
      detail,
      hint: 'Pages follow each other by the "next" link.',
    } as const;
  }
  const near = didYouMean(name, [...columns.keys(), ...ROWS_PARAMETERS, 'and', 'or']);
  const hint = near || `There are the columns ${[...columns.keys()].join(', ')}.`;
  return { code: 'COLUMN_UNKNOWN', parameter: name, detail, hint } as const;
}

function parseLimit(text: string, problems: RequestProblems): number {
  const limit = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (limit >= 1 && limit <= ROWS_LIMIT_MAX) return limit;
  problems.add({
    code: 'LIMIT_INVALID',
    parameter: 'limit',
    detail: `The limit ${quoted(text)} is not a whole number from 1 to ${ROWS_LIMIT_MAX}.`,
    hint: 'Follow the "next" links for more rows, or take the whole dataset from /files.',
  });
  return 1;
}

function oneOf<T extends string>(
  parameter: string,
  value: string | undefined,
  known: readonly T[],
  problems: RequestProblems,
): T | undefined {
  const found = known.find((k) => k === value);
  if (value !== undefined && found === undefined) {
    problems.add({
      code: 'OPTION_INVALID',
      parameter,
      detail: `The value ${quoted(value)} of "${parameter}" is not one that it can have.`,
      hint: didYouMean(value, known) || `It can be: ${known.join(', ')}.`,
    });
  }
  return found;
}
