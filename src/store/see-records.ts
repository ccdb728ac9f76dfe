/**
 * Records of a stream as they are seen through a lens.
 *
 * A row that is changed so that the lens no longer shows it goes for whoever looks through it: they get a delete, if they saw it before. What they
 * never saw, they get nothing of. What was seen before comes from the state before the first of the records, and from these, in their order.
 */
import { WharfError } from '../base/errors.ts';
import { columnsOf, type Dataset, keyFieldsOf } from '../schema/field.ts';
import { keyJsonSql, rowJsonSql } from '../schema/json-form.ts';
import { type Lens, lensSql } from '../schema/lens.ts';
import { isLastOnly } from '../schema/reduce-sql.ts';
import { sqlName } from '../schema/sql-type.ts';
import { openRecords, openRelation } from './snapshot.ts';
import type { SeenRecord } from './store.ts';
import type { StreamStore } from './stream-store.ts';

/** The dataset's records in (after, through] that are seen, in their order. Throws STREAM_PARTIAL, and what reading throws. */
export async function seeRecords(
  store: StreamStore,
  dataset: Dataset,
  range: { readonly after: number; readonly through: number },
  lens: Lens,
): Promise<readonly SeenRecord[]> {
  if (!isLastOnly(dataset)) throw partial(store.stream, dataset);
  const { reader, limits } = store.context;
  const records = await openRecords(store, dataset, range.after, range.through);
  const isKeyed = keyFieldsOf(dataset).length > 0;
  const before = isKeyed ? await openRelation(store, dataset, range.after) : undefined;
  try {
    const setup = [`create temp table _records as ${records.sql}`];
    const columns = columnsOf(dataset)
      .map((field) => sqlName(field.name))
      .join(', ');
    const now = lensSql(
      dataset,
      `select _position, _op, ${keyJsonSql(dataset)} as _key, ${columns} from _records where _op = 0`,
      lens,
      ['_position', '_key'],
    );
    const was =
      before &&
      lensSql(
        dataset,
        `select -1 as _position, ${keyJsonSql(dataset)} as _key, ${columns} from (${before.sql}) where ${keyJsonSql(dataset)} in (select ${keyJsonSql(dataset)} from _records)`,
        lens,
        ['_position', '_key'],
      );
    const shown = (select: string) =>
      `select _position, 'seen' as what, _key, ${keyJsonSql(dataset)} as shown, ${rowJsonSql(columnsOf(dataset))} as document from (${select})`;
    const all = `select _position, 'came' as what, ${keyJsonSql(dataset)} as _key, null as shown, null as document from _records`;
    const parts = [...(was === undefined ? [] : [shown(was)]), all, shown(now)];
    const { rows } = await reader.run([...setup, `${parts.join(' union all ')} order by _position, what`], {
      deadlineMs: limits.readDeadlineMs,
    });
    return seenOf(rows.map((row) => row.map((cell) => (cell === null ? null : String(cell)))));
  } finally {
    before?.release();
    records.release();
  }
}

/** Rows of `_position, what, _key, shown, document`: what was seen before at -1, then of each record that it came and, if so, how it is seen. */
function seenOf(rows: readonly (readonly (string | null)[])[]): SeenRecord[] {
  const seenAs = new Map<string, string>();
  const seen: SeenRecord[] = [];
  let came: { readonly position: number; readonly key: string } | undefined;
  const settle = () => {
    const shown = came && seenAs.get(came.key);
    if (came && shown !== undefined) {
      seen.push({ position: came.position, op: 'delete', key: shown, document: 'null' });
      seenAs.delete(came.key);
    }
    came = undefined;
  };
  for (const [at, what, key, shown, document] of rows) {
    const position = Number(at);
    if (what === 'came') {
      settle();
      came = { position, key: key ?? 'null' };
      continue;
    }
    const isKeyed = key !== 'null';
    if (isKeyed) seenAs.set(key ?? '', shown ?? '');
    if (position < 0) continue;
    seen.push({ position, op: 'upsert', key: shown ?? 'null', document: document ?? 'null' });
    came = undefined;
  }
  settle();
  return seen;
}

function partial(stream: string, dataset: Dataset): WharfError {
  return new WharfError(
    'STREAM_PARTIAL',
    `The records of "${dataset.name}" of ${stream} are combined into rows, and only some rows of it may be seen.`,
    {
      hint: 'Read its rows instead: single records do not tell which row they make.',
      place: { product: stream },
    },
  );
}
