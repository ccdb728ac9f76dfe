/**
 * Commits one after another and tells of each: `commit-steps <folder> <count> <bytes>`. The telling is written synchronously,
 * so that among the system calls it stands where the acknowledgement was given.
 */
import { writeSync } from 'node:fs';
import { systemClock } from '../../base/clock.ts';
import { codeOf } from '../../base/errors.ts';
import { silentLog } from '../../base/log.ts';
import { openJournal } from '../open-journal.ts';

const [folder = '', count = '1', bytes = '100'] = process.argv.slice(2);
const limits = { commitIntervalMs: 0, diskReserveBytes: 0 };
const journal = await openJournal({ folder, clock: systemClock, log: silentLog, limits });
const stream = 'steps@1';

writeSync(1, 'ready\n');
for (let step = 1; step <= Number(count); step++) {
  const body = Buffer.from(`${JSON.stringify({ step, padding: 'x'.repeat(Number(bytes)) })}\n`);
  try {
    const { positions } = await journal.commit({ appends: [{ stream, dataset: 'main', count: 1, body }] });
    writeSync(1, `ack ${step} ${positions[0]?.first}\n`);
  } catch (error) {
    writeSync(1, `refused ${step} ${codeOf(error)}\n`);
    if (codeOf(error) === 'JOURNAL_FULL') {
      await journal.commit({ trims: [{ stream, through: journal.head(stream) }] });
      writeSync(1, `trimmed ${journal.head(stream)}\n`);
    }
  }
}
const held = [...journal.read(stream, journal.tail(stream))].reduce(
  (sum, { first, last }) => sum + last - first + 1,
  0,
);
writeSync(1, `held ${held} ${journal.head(stream)}\n`);
await journal.close();
