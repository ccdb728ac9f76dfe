/**
 * The inputs that ask a query at each instant of a schedule; instants that were missed are made up for once.
 *
 * Read as a whole, the answer is compared with what the product holds. Read by a growing column, rows come in its order, and the
 * cursor holds its last value and the check sums of the rows that have it: the next answer begins with that value again, so that rows
 * which were committed later with the same value are not left out, and those that came before do not come twice.
 */
import { type CaptureBatch, type CaptureContext, definePullInput, type PullInput } from '../../kit/input.ts';
import type { OptionField } from '../../schema/options.ts';
import { sleepLong } from '../poll-times.ts';
import { RowShape } from '../rows/row-shape.ts';
import type { QueryCursor } from './query-cursor.ts';
import { type QueryOptions, queryOptionFields, readQueryOptions } from './query-options.ts';
import { type OpenQuery, QUERY_PLACE, type QuerySession } from './query-session.ts';
import { readNews, readWhole } from './read-answer.ts';

export interface QueryInput<Value> {
  readonly name: string;
  readonly doc: string;
  /** Where the query is asked. */
  readonly source: readonly OptionField[];
  readonly open: OpenQuery<Value>;
}

export function defineQueryInput<Value>({ name, doc, source, open }: QueryInput<Value>): PullInput {
  return definePullInput({
    name,
    doc,
    options: [...source, ...queryOptionFields],
    async *capture(context) {
      try {
        yield* ask(context, readQueryOptions(context.options), open);
      } catch (thrown) {
        if (!context.signal.aborted) throw thrown;
      }
    },
  });
}

async function* ask<Value>(
  context: CaptureContext,
  options: QueryOptions,
  open: OpenQuery<Value>,
): AsyncGenerator<CaptureBatch> {
  const { clock, signal } = context;
  const { schedule } = options;
  let cursor = (context.cursor ?? {}) as QueryCursor;
  for (;;) {
    const nowMs = clock.nowMs();
    const isDue = cursor.askedMs === undefined || schedule.latest(nowMs) > cursor.askedMs;
    if (isDue) cursor = yield* askOnce(await open(context, options.sql), { context, options, cursor, nowMs });
    context.caughtUp();
    await sleepLong(clock, Math.max(1, schedule.next(clock.nowMs()) - clock.nowMs()), signal);
  }
}

interface Look {
  readonly context: CaptureContext;
  readonly options: QueryOptions;
  readonly cursor: QueryCursor;
  readonly nowMs: number;
}

async function* askOnce<Value>(
  session: QuerySession<Value>,
  { context, options, cursor, nowMs }: Look,
): AsyncGenerator<CaptureBatch, QueryCursor> {
  const { signal, fields, keepsExtra, key } = context;
  const close = () => session.close();
  signal.addEventListener('abort', close, { once: true });
  try {
    const shape = RowShape.of({ table: QUERY_PLACE, fields, keepsExtra, key }, session.columns);
    const answer = { session, shape, cursor, nowMs };
    return yield* options.by === undefined ? readWhole(answer) : readNews(answer, options.by);
  } finally {
    signal.removeEventListener('abort', close);
    await close();
  }
}
