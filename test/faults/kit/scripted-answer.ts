/** What the folder of `scripted-store` must hold after any end of it. Shares nothing with journal and store but the records' contents. */
import { mkdirSync } from 'node:fs';
import { messageOf } from '../../../src/base/errors.ts';
import {
  CRASH_LIMITS,
  CRASH_SCHEMA,
  datasetAt,
  documentAt,
  isDeleteAt,
} from '../../../src/store/children/crash-records.ts';
import { type TestEngines, TestStore } from '../../../src/store/test-store.ts';

const { stream } = CRASH_SCHEMA;

function expectedStock(head: number): Record<string, number>[] {
  const state = new Map<number, Record<string, number>>();
  for (let position = 1; position <= head; position++) {
    if (datasetAt(position) !== 'stock') continue;
    const { id = 0, last = 0, total = 0 } = documentAt(position);
    if (isDeleteAt(position)) state.delete(id);
    else state.set(id, { id, last, total: total + (state.get(id)?.total ?? 0) });
  }
  return [...state.values()].sort((a, b) => Number(a.id) - Number(b.id));
}

function expectedLog(head: number): number[] {
  return Array.from({ length: head }, (_, i) => i + 1).filter((position) => datasetAt(position) === 'log');
}

function differs(what: string, found: unknown, expected: unknown): string[] {
  const [a, b] = [JSON.stringify(found), JSON.stringify(expected)];
  return a === b ? [] : [`${what}: found ${a.slice(0, 300)}, expected ${b.slice(0, 300)}`];
}

/** Opens the folder again, compares everything, and goes on from there with one more block. Returns what is wrong. */
export async function findWrong(
  engines: TestEngines,
  folder: string,
  acknowledged: number,
): Promise<readonly string[]> {
  mkdirSync(folder, { recursive: true });
  let test: TestStore;
  try {
    test = await TestStore.open(engines, [CRASH_SCHEMA], { folder, limits: CRASH_LIMITS });
  } catch (error) {
    return [`it does not open: ${messageOf(error)}`];
  }
  try {
    const head = test.journal.head(stream);
    const log = (await test.rows(stream, 'log', head)) as { v: number }[];
    const expected = expectedLog(head);
    const { missing, unexpected } = await test.store.verify(stream, 'stock');
    return [
      ...(head < acknowledged ? [`${acknowledged} records were acknowledged, ${head} are there`] : []),
      ...differs('stock', await test.rows(stream, 'stock', head), expectedStock(head)),
      // Old records of a dataset without a key are dropped by and by.
      ...differs(
        'log',
        log.map((row) => row.v),
        expected.slice(expected.length - log.length),
      ),
      ...differs('verify', { missing, unexpected }, { missing: 0, unexpected: 0 }),
    ];
  } catch (error) {
    return [`it cannot be read: ${messageOf(error)}`];
  } finally {
    await test.store.close();
    await test.journal.close();
  }
}

/** The last head that a run acknowledged; 0 for none. */
export function acknowledgedIn(lines: readonly string[]): number {
  return Math.max(0, ...lines.flatMap((line) => (line.startsWith('ack ') ? [Number(line.slice(4))] : [])));
}
