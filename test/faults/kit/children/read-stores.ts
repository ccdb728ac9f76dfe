/**
 * Reads the folders that it is told of, one a line of its standard input: opens journal and store, reads everything, and answers with a line:
 * `answer <JSON>` or `error <code>`. The folders are those of `scripted-store`.
 */
import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { codeOf, messageOf } from '../../../../src/base/errors.ts';
import { CRASH_LIMITS, CRASH_SCHEMA } from '../../../../src/store/children/crash-records.ts';
import { TestEngines, TestStore } from '../../../../src/store/test-store.ts';

const { stream } = CRASH_SCHEMA;
const engines = await TestEngines.start();

async function read(folder: string): Promise<string> {
  try {
    const test = await TestStore.open(engines, [CRASH_SCHEMA], { folder, limits: CRASH_LIMITS });
    try {
      const head = test.journal.head(stream);
      const oldest = test.store.oldest(stream);
      const positions = [oldest, Math.floor((oldest + head) / 2), head];
      const answers: unknown[] = [head];
      for (const position of positions) answers.push(await test.rows(stream, 'stock', position));
      answers.push(await test.rows(stream, 'log', head));
      return `answer ${JSON.stringify(answers)}`;
    } finally {
      await test.store.close();
      await test.journal.close();
    }
  } catch (error) {
    return `error ${codeOf(error) ?? messageOf(error).split('\n')[0]}`;
  }
}

writeSync(1, 'ready\n');
for await (const folder of createInterface({ input: process.stdin })) writeSync(1, `${await read(folder)}\n`);
await engines.close();
