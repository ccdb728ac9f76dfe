import type { SnapshotReader } from '../../kit/reader.ts';
import { ROWS_LIMIT_MAX } from '../../schema/rows-query.ts';
import type { ChartRequest } from './chart-request.ts';

/** More points than a chart shows anybody; the answer says when there were more. */
export const CHART_ROWS_MAX = 20_000;

export interface ChartRows {
  /** One JSON object a row. */
  readonly rows: readonly string[];
  readonly isCut: boolean;
}

/** All rows that match, page after page of one snapshot, while somebody waits for them. */
export async function readChartRows(
  snapshot: SnapshotReader,
  dataset: string,
  { filter, select }: ChartRequest,
  signal: AbortSignal,
): Promise<ChartRows> {
  const rows: string[] = [];
  let after: readonly (string | null)[] | undefined;
  do {
    signal.throwIfAborted();
    const page = await snapshot.rows(dataset, {
      select,
      ...(filter ? { filter } : {}),
      ...(after ? { after } : {}),
      order: [],
      limit: ROWS_LIMIT_MAX,
    });
    rows.push(...page.rows);
    after = page.next;
  } while (after !== undefined && rows.length < CHART_ROWS_MAX);
  return { rows, isCut: after !== undefined };
}
