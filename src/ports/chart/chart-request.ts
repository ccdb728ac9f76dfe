import type { Chart } from '../../protocols/chart/chart-spec.ts';
import type { Dataset } from '../../schema/field.ts';
import type { Filter } from '../../schema/rows-query.ts';
import type { QueryParameters } from '../answer/query-parameters.ts';
import { parseRowsRequest } from '../rest/rows-request.ts';

export interface ChartRequest {
  readonly at: string | undefined;
  readonly filter: Filter | undefined;
  /** The columns of the rows. */
  readonly select: readonly string[];
}

const PAGE_ROWS = 1_000;
/** What a chart is drawn from by itself: everything else would be a parameter that changes nothing. */
const TAKEN = new Set(['limit', 'order', 'after', 'count', 'format', 'formulas']);

/** Filters as `/rows` takes them, `select` and `at`. Throws one error with all problems. */
export function parseChartRequest(dataset: Dataset, parameters: QueryParameters, chart: Chart): ChartRequest {
  // Refused as an unknown column is, with the column's place.
  const renamed = parameters.map(([name, value]) => [TAKEN.has(name) ? `${name} ` : name, value] as const);
  const { at, filter, select } = parseRowsRequest(dataset, renamed, PAGE_ROWS);
  const drawn = [chart.x, chart.y, chart.color].filter((name) => name !== undefined);
  return { at, filter, select: select ?? [...new Set(drawn)] };
}
