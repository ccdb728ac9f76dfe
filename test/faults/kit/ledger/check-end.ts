/**
 * What the journal of a process that ended must hold, whenever it ended. Read from the journal itself, record by record, and compared with what
 * the writers know:
 *
 * - P1, P2, P3: the records of a pushed product are those that were acknowledged, each once, in their order; behind them there may be the
 *   batch that was on its way, as a whole. Those of a file are its lines from the first on.
 * - P5: what a derived product adds up to at the position of its cursor is its query over its inputs at the positions in the same cursor.
 */

import { systemClock } from '../../../../src/base/clock.ts';
import { messageOf } from '../../../../src/base/errors.ts';
import { silentLog } from '../../../../src/base/log.ts';
import type { Journal } from '../../../../src/journal/journal.ts';
import { openJournal } from '../../../../src/journal/open-journal.ts';
import { canonical } from './canonical.ts';
import { DERIVED, type Row } from './ledger-mesh.ts';
import { FILE_WRITERS, type Known, PUSHED } from './writers.ts';

interface JournalRecord {
  readonly isDelete: boolean;
  readonly document: Row;
}

export interface EndFound {
  readonly wrong: readonly string[];
  /** The journal holds all records, so that everything was compared; false where some of them went to runs. */
  readonly complete: boolean;
}

/** Looks into the journal of a folder that no process uses. */
export async function checkEnd(folder: string, known: Known): Promise<EndFound> {
  let journal: Journal;
  try {
    journal = await openJournal({ folder, clock: systemClock, log: silentLog });
  } catch (error) {
    return { wrong: [`it does not open: ${messageOf(error)}`], complete: true };
  }
  try {
    const complete = journal
      .streams()
      .every((stream) => !stream.startsWith('test.') || journal.tail(stream) <= 1);
    const wrong = complete
      ? [...pushedWrong(journal, known), ...linesWrong(journal, known), ...derivedWrong(journal)]
      : [];
    return { wrong, complete };
  } catch (error) {
    return { wrong: [`it cannot be read: ${messageOf(error)}`], complete: true };
  } finally {
    await journal.close();
  }
}

function recordsOf(journal: Journal, product: string, to?: number): JournalRecord[] {
  const stream = `test.${product}@1`;
  const head = Math.min(journal.head(stream), to ?? Number.POSITIVE_INFINITY);
  const records: JournalRecord[] = [];
  if (head === 0) return records;
  for (const { body, deletes } of journal.read(stream, 1, head)) {
    const lines = Buffer.from(body).toString('utf8').split('\n').slice(0, -1);
    const removed = new Set(deletes);
    records.push(
      ...lines.map((line, i) => ({ isDelete: removed.has(i), document: JSON.parse(line) as Row })),
    );
  }
  return records.slice(0, head);
}

function pushedWrong(journal: Journal, { acknowledged, waiting }: Known): string[] {
  return PUSHED.flatMap((product) => {
    const found = canonical(recordsOf(journal, product).map(({ document }) => document));
    const sure = canonical(acknowledged[product]);
    const withWaiting = [...sure, ...canonical(waiting[product])];
    const expected = found.length > sure.length ? withWaiting : sure;
    return differs(product, found, expected);
  });
}

function linesWrong(journal: Journal, { lines }: Known): string[] {
  const found = recordsOf(journal, 'lines').map(({ document }) => document);
  return FILE_WRITERS.flatMap((writer) => {
    const own = found.filter((row) => row.writer === writer).map(({ i }) => Number(i));
    const expected = own.map((_, i) => i);
    const tooMany =
      own.length > (lines[writer] ?? 0)
        ? [`file ${writer}: ${own.length} lines, ${lines[writer]} were written`]
        : [];
    return [...tooMany, ...differs(`file ${writer}`, own.map(String), expected.map(String))];
  });
}

interface Cursor {
  readonly positions: Readonly<Record<string, number>>;
  readonly position: number;
}

function derivedWrong(journal: Journal): string[] {
  return Object.entries(DERIVED).flatMap(([product, { input, rows }]) => {
    const cursor = journal.cursor(`derive/test.${product}@1`) as Cursor | undefined;
    const head = journal.head(`test.${product}@1`);
    if (!cursor) return head === 0 ? [] : [`${product}: ${head} records, and nothing says of what`];
    const at = cursor.positions[`test.${input}@1`] ?? 0;
    const inputs = recordsOf(journal, input, at).map(({ document }) => document);
    if (inputs.length < at)
      return [`${product}: derived of ${at} records of ${input}, which has ${inputs.length}`];
    const state = new Map<unknown, Row>();
    for (const { isDelete, document } of recordsOf(journal, product, cursor.position)) {
      const key = document.i ?? document.id;
      if (isDelete) state.delete(key);
      else state.set(key, document);
    }
    const found = canonical([...state.values()]).sort();
    return differs(`${product} of ${at} records of ${input}`, found, canonical(rows(inputs)).sort());
  });
}

function differs(what: string, found: readonly string[], expected: readonly string[]): string[] {
  const length = Math.max(found.length, expected.length);
  for (let i = 0; i < length; i++)
    if (found[i] !== expected[i])
      return [
        `${what}: ${found.length} records, expected ${expected.length}; the first that differs is ${i + 1}: ${found[i]}, expected ${expected[i]}`,
      ];
  return [];
}
