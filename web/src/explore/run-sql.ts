import { Problem, reach } from '../api/client.ts';
import type { Row } from '../api/documents.ts';
import { parseExact } from '../api/exact-json.ts';

export interface SqlAnswer {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly positions: Readonly<Record<string, number>>;
  readonly rows: readonly Row[];
  /** True when there were more rows than are kept. */
  readonly isCut: boolean;
  /** When the server answered, as a time to read at. */
  readonly answeredAt: string;
  readonly tookMs: number;
}

export interface SqlQuestion {
  readonly sql: string;
  readonly at: string | undefined;
  readonly signal: AbortSignal;
}

/** Rows that a page keeps; the rest is not even read. Whole answers are for files and drivers. */
export const ROWS_KEPT_MAX = 2_000;
/** The member that opens the rows; a quote within a name would be escaped, so it stands nowhere before. */
const ROWS_MEMBER = '"rows":[';

/** Throws Problem. */
export async function runSql({ sql, at, signal }: SqlQuestion): Promise<SqlAnswer> {
  const started = performance.now();
  const response = await reach('/api/sql', {
    method: 'POST',
    body: JSON.stringify({ sql, ...(at === undefined ? {} : { at }) }),
    headers: { 'Content-Type': 'application/json' },
    signal,
  });
  if (!response.ok) throw new Problem(response.status, JSON.parse(await response.text()));
  const { text, isCut } = await readRows(response);
  const answer = parseExact<Pick<SqlAnswer, 'columns' | 'positions' | 'rows'>>(text);
  const date = response.headers.get('Date');
  return {
    ...answer,
    isCut,
    answeredAt: (date === null ? new Date() : new Date(date)).toISOString(),
    tookMs: performance.now() - started,
  };
}

/** The answer as JSON with at most ROWS_KEPT_MAX rows: one stands on each line. */
async function readRows(response: Response): Promise<{ text: string; isCut: boolean }> {
  const reader = response.body?.getReader();
  const decoder = new TextDecoder();
  let text = '';
  let rowEnds = 0;
  while (reader) {
    const { done, value } = await reader.read();
    if (done) break;
    const more = decoder.decode(value, { stream: true });
    rowEnds += more.split(',\n').length - 1;
    text += more;
    if (rowEnds >= ROWS_KEPT_MAX) {
      await reader.cancel();
      return { text: `${firstRows(text)}]}`, isCut: true };
    }
  }
  return { text, isCut: false };
}

function firstRows(text: string): string {
  const start = text.indexOf(ROWS_MEMBER) + ROWS_MEMBER.length;
  const rows = text.slice(start).split(',\n').slice(0, ROWS_KEPT_MAX);
  return text.slice(0, start) + rows.join(',\n');
}
