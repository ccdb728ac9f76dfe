/** The position that was the last one at an instant. Times never go back as positions go up. */
import { openHistory } from './read-plan.ts';
import { historySql } from './source-sql.ts';
import type { StreamStore } from './stream-store.ts';

/** The last position that was journaled at or before the instant; 0 when all that is known came later. */
export async function positionAt(store: StreamStore, timeUs: number): Promise<number> {
  const { journal } = store.context;
  if (timeUs >= journal.headTimeUs(store.stream)) return journal.head(store.stream);
  const inTail = positionInTail(store, timeUs);
  if (inTail !== undefined) return inTail;
  let position = 0;
  for (const name of Object.keys(store.manifest.datasets)) {
    position = Math.max(position, await positionInRuns(store, name, timeUs));
  }
  return position;
}

/** undefined when the first journaled block came later. */
function positionInTail(store: StreamStore, timeUs: number): number | undefined {
  const { journal } = store.context;
  let position: number | undefined;
  for (const block of journal.read(store.stream, journal.tail(store.stream))) {
    if (block.timeUs > timeUs) break;
    position = block.last;
  }
  return position;
}

async function positionInRuns(store: StreamStore, name: string, timeUs: number): Promise<number> {
  const manifest = store.datasetManifest(name);
  const run = manifest.history.findLast((r) => r.timeFromUs <= timeUs);
  if (!run) return manifest.floorTimeUs <= timeUs ? manifest.floor : 0;
  if (run.timeToUs <= timeUs) return run.last;
  const opened = await openHistory(store, name, { after: run.first - 1, through: run.last });
  try {
    const history = historySql([], opened.plan.history);
    const sql = `SELECT max(_position) FROM (${history}) WHERE _time <= make_timestamptz(${timeUs})`;
    const result = await store.context.reader.run(sql, { deadlineMs: store.context.limits.readDeadlineMs });
    return Number(result.rows[0]?.[0] ?? 0);
  } finally {
    opened.release();
  }
}
