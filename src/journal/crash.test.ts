/**
 * Kills a process that commits, again and again, and looks at what is there afterwards.
 *
 * The argument: a commit is acknowledged only after its group is on disk, and a group is one LMDB transaction, in which the
 * blocks, the cursors and the streams' states change together. So at any kill, what was acknowledged is there; what was not
 * may be there or not, but then as a whole, together with its cursor; and positions have no gaps.
 *
 * A killed process is not a power cut: the page cache survives it. That the sync comes before the acknowledgement is watched
 * in `journal-sync.test.ts`.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { SEED } from '../../test/support/seed.ts';
import { systemClock } from '../base/clock.ts';
import { silentLog } from '../base/log.ts';
import { integerBetween, seededRandom } from '../base/random.ts';
import { buildChild, startChild } from './children/start-child.ts';
import type { Journal } from './journal.ts';
import { openJournal } from './open-journal.ts';

const ROUNDS = 40;
const root = mkdtempSync(path.join(os.tmpdir(), 'wharf-crash-'));
let script: string;

interface Acknowledged {
  readonly stream: string;
  readonly first: number;
  readonly last: number;
  readonly writer: number;
  readonly turn: number;
}

interface Document {
  readonly writer: number;
  readonly turn: number;
  readonly i: number;
}

beforeAll(async () => {
  script = await buildChild('commit-ledger', root);
});

afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

/** One life of the child; what it acknowledged. */
async function live(folder: string, seed: number, end: { crashAt: string } | { killAfterMs: number }) {
  const env = { ...process.env, ...('crashAt' in end ? { WHARF_CRASH_AT: end.crashAt } : {}) };
  const child = startChild(process.execPath, [script, folder, String(seed)], { env });
  if ('killAfterMs' in end) {
    await child.line('ready');
    await systemClock.sleep(end.killAfterMs);
    child.process.kill('SIGKILL');
  }
  expect((await child.ended).signal).toBe('SIGKILL');
  return child.lines.filter((line) => line.startsWith('ack ')).map(parse);
}

function parse(line: string): Acknowledged {
  const [, stream = '', first, last, writer, turn] = line.split(' ');
  return { stream, first: Number(first), last: Number(last), writer: Number(writer), turn: Number(turn) };
}

/** Every document of a stream by position, and that its blocks follow one another from tail to head. */
function contents(journal: Journal, stream: string): Map<number, Document> {
  const found = new Map<number, Document>();
  let next = journal.tail(stream);
  for (const block of journal.read(stream, next)) {
    expect(block.first).toBe(next);
    const lines = Buffer.from(block.body).toString().trimEnd().split('\n');
    expect(lines).toHaveLength(block.last - block.first + 1);
    for (const [i, line] of lines.entries()) found.set(block.first + i, JSON.parse(line));
    next = block.last + 1;
  }
  expect(next).toBe(journal.head(stream) + 1);
  return found;
}

function checkAcknowledged(journal: Journal, ledger: readonly Acknowledged[]): void {
  const streams = new Map(journal.streams().map((stream) => [stream, contents(journal, stream)]));
  for (const { stream, first, last, writer, turn } of ledger) {
    expect(journal.head(stream)).toBeGreaterThanOrEqual(last);
    expect(journal.cursor(`writer-${writer}`)).toBeGreaterThanOrEqual(turn);
    for (let position = Math.max(first, journal.tail(stream)); position <= last; position++) {
      expect(streams.get(stream)?.get(position)).toMatchObject({ writer, turn, i: position - first });
    }
  }
}

/** A writer's turns are there once each, in order, and its cursor is the last of them. */
function checkCursors(journal: Journal): void {
  for (const stream of journal.streams()) {
    const lastTurns = new Map<number, number>();
    for (const { writer, turn, i } of contents(journal, stream).values()) {
      const before = lastTurns.get(writer);
      if (before !== undefined) expect(turn).toBe(i === 0 ? before + 1 : before);
      lastTurns.set(writer, turn);
    }
    for (const [writer, turn] of lastTurns) expect(journal.cursor(`writer-${writer}`)).toBe(turn);
  }
}

it(`loses nothing acknowledged and repeats nothing over ${ROUNDS} kills of one journal`, async () => {
  const random = seededRandom(SEED);
  const folder = path.join(root, 'data');
  mkdirSync(folder);
  let ledger: Acknowledged[] = [];
  let acknowledged = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const points = ['journal.before-commit', 'journal.after-commit'];
    const end =
      round % 4 === 3
        ? { crashAt: `${points[(round >> 2) % 2]}:${integerBetween(random, 1, 40)}` }
        : { killAfterMs: integerBetween(random, 20, 200) };
    const seed = integerBetween(random, 1, 1_000_000);
    const news = await live(folder, seed, end);
    acknowledged += news.length;
    // What is far behind has been trimmed; the newest of the lives before must still be there.
    ledger = [...ledger.slice(-500), ...news];
    const journal = await openJournal({ folder, clock: systemClock, log: silentLog });
    try {
      checkAcknowledged(journal, ledger);
      checkCursors(journal);
    } catch (error) {
      throw new Error(`Round ${round} (${JSON.stringify(end)}), WHARF_SEED=${SEED}`, { cause: error });
    } finally {
      await journal.close();
    }
  }
  expect(acknowledged).toBeGreaterThan(ROUNDS);
});
