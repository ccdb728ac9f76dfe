/**
 * Commits to several streams at once until it is killed or its input ends: `commit-ledger <folder> <seed>`.
 *
 * The standard output is the ledger: `ack <stream> <first> <last> <writer> <turn>` for each acknowledged append, written
 * synchronously after the acknowledgement, so what the parent reads was acknowledged and on disk.
 * Every commit carries its writer's cursor, the turn; every tenth trims the writer's stream.
 */
import { writeSync } from 'node:fs';
import { systemClock } from '../../base/clock.ts';
import { silentLog } from '../../base/log.ts';
import { integerBetween, seededRandom } from '../../base/random.ts';
import { openJournal } from '../open-journal.ts';

const WRITERS = 4;
const [folder = '', seed = '1'] = process.argv.slice(2);

const journal = await openJournal({
  folder,
  clock: systemClock,
  log: silentLog,
  limits: { commitIntervalMs: 1 },
});
const random = seededRandom(Number(seed));
writeSync(1, 'ready\n');

async function write(writer: number): Promise<void> {
  const stream = `stream-${writer % 2}@1`;
  const task = `writer-${writer}`;
  for (let turn = ((journal.cursor(task) as number | undefined) ?? 0) + 1; ; turn++) {
    const count = integerBetween(random, 1, 5);
    const padding = 'x'.repeat(integerBetween(random, 0, 9_000));
    const lines = Array.from(
      { length: count },
      (_, i) => `${JSON.stringify({ writer, turn, i, padding })}\n`,
    );
    const { positions } = await journal.commit({
      appends: [{ stream, dataset: 'main', count, body: Buffer.from(lines.join('')) }],
      cursors: [{ task, value: turn }],
      trims: turn % 10 === 0 ? [{ stream, through: journal.head(stream) - 100 }] : [],
    });
    const got = positions[0];
    writeSync(1, `ack ${stream} ${got?.first} ${got?.last} ${writer} ${turn}\n`);
  }
}

await Promise.all(Array.from({ length: WRITERS }, (_, writer) => write(writer)));
