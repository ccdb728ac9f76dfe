/**
 * Pushes, flushes, merges and drops until it is killed: `flush-until-killed <folder>`.
 *
 * What stands at a position follows from the position (`recordAt`), so no ledger of contents is needed; the standard output
 * tells `ack <head>` after each acknowledged push.
 */
import { writeSync } from 'node:fs';
import path from 'node:path';
import { systemClock } from '../../base/clock.ts';
import { silentLog } from '../../base/log.ts';
import { startEngine } from '../../engine/start-engine.ts';
import { openJournal } from '../../journal/open-journal.ts';
import { openStore } from '../open-store.ts';
import { appendAfter, CRASH_LIMITS, CRASH_SCHEMA } from './crash-records.ts';

const [folder = ''] = process.argv.slice(2);
const log = silentLog;
const clock = systemClock;
const { stream } = CRASH_SCHEMA;

const journal = await openJournal({ folder, clock, log, limits: { commitIntervalMs: 1 } });
const engine = (role: 'trusted' | 'reader') =>
  startEngine({ role, temporaryFolder: path.join(folder, role), memoryMb: 256, threads: 1, log });
const store = await openStore({
  folder,
  journal,
  writer: engine('trusted'),
  reader: engine('reader'),
  clock,
  log,
  limits: CRASH_LIMITS,
});
store.open(CRASH_SCHEMA);
writeSync(1, 'ready\n');
for (;;) {
  for (let i = 0; i < 3; i++) await journal.commit({ appends: [appendAfter(journal.head(stream))] });
  writeSync(1, `ack ${journal.head(stream)}\n`);
  await store.maintain();
  const relation = await store.snapshot(stream, 'stock', journal.head(stream));
  relation.release();
}
