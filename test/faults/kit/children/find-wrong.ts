/** Looks into folders of `crash-records`, one a line of its standard input (`<records acknowledged> <folder>`), and tells what is wrong as JSON. */
import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { TestEngines } from '../../../../src/store/test-store.ts';
import { findWrong } from '../scripted-answer.ts';

const engines = await TestEngines.start();
// Before a journal is open: LMDB's file is inherited by processes that are started later, and they would keep its disk busy.
await Promise.all([engines.writer.run('select 1'), engines.reader.run('select 1')]);
writeSync(1, 'ready\n');
for await (const line of createInterface({ input: process.stdin })) {
  const at = line.indexOf(' ');
  const wrong = await findWrong(engines, line.slice(at + 1), Number(line.slice(0, at)));
  writeSync(1, `${JSON.stringify(wrong)}\n`);
}
await engines.close();
