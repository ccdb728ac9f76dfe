/**
 * A fixed script: opens the journal and the store in a folder, journals a hundred records in blocks of ten, and flushes, merges and drops on
 * the way: `scripted-store <folder>`. Goes on where an earlier life ended.
 *
 * What stands at a position follows from the position. The standard output tells `ack <head>` after each acknowledged block, `error <code>` for
 * each commit that was refused, and `done` at the end.
 */
import { writeSync } from 'node:fs';
import path from 'node:path';
import { systemClock } from '../../../../src/base/clock.ts';
import { codeOf, messageOf } from '../../../../src/base/errors.ts';
import { silentLog } from '../../../../src/base/log.ts';
import { startEngine } from '../../../../src/engine/start-engine.ts';
import { openJournal } from '../../../../src/journal/open-journal.ts';
import { appendAfter, CRASH_LIMITS, CRASH_SCHEMA } from '../../../../src/store/children/crash-records.ts';
import { openStore } from '../../../../src/store/open-store.ts';

const RECORDS = 100;
const MAINTAIN_EVERY_RECORDS = 30;
/** A commit that is refused is tried again, as a source would; a journal that refuses for good ends the script. */
const REFUSALS_MAX = 3;

const [folder = ''] = process.argv.slice(2);
const log = silentLog;
const clock = systemClock;
const { stream } = CRASH_SCHEMA;

const tell = (line: string) => writeSync(1, `${line}\n`);

const journal = await openJournal({ folder, clock, log, limits: { commitIntervalMs: 1 } });
const engine = (role: 'trusted' | 'reader') =>
  startEngine({ role, temporaryFolder: path.join(folder, role), memoryMb: 256, threads: 1, log });
const [writer, reader] = [engine('trusted'), engine('reader')];
const store = await openStore({ folder, journal, writer, reader, clock, log, limits: CRASH_LIMITS });
store.open(CRASH_SCHEMA);
tell('ready');

let refusals = 0;
while (journal.head(stream) < RECORDS && refusals < REFUSALS_MAX) {
  try {
    await journal.commit({ appends: [appendAfter(journal.head(stream))] });
    tell(`ack ${journal.head(stream)}`);
  } catch (error) {
    refusals += 1;
    tell(`error ${codeOf(error) ?? messageOf(error)}`);
    continue;
  }
  if (journal.head(stream) % MAINTAIN_EVERY_RECORDS === 0) await store.maintain();
}
await store.maintain();
tell('done');
await store.close();
await Promise.all([writer.close(), reader.close()]);
await journal.close();
tell('closed');
