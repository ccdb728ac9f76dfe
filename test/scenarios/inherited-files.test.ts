import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { afterEach, expect, it } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { silentLog } from '../../src/base/log.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { startTestEngine } from '../../src/engine/test-engine.ts';
import type { Journal } from '../../src/journal/journal.ts';
import { openJournal } from '../../src/journal/open-journal.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

let engine: Engine | undefined;
let journal: Journal | undefined;
afterEach(async () => {
  await engine?.close();
  await journal?.close();
});

it('does not hold the files of the journal of the process that started it', async () => {
  const folder = await temporaryFolder('inherited-files');
  journal = await openJournal({ folder, clock: systemClock, log: silentLog });
  engine = startTestEngine();
  await engine.run('select 1');
  const held = childrenOf(process.pid).flatMap(filesOf);
  expect(held.length).toBeGreaterThan(0);
  expect(held.filter((file) => file.startsWith(folder))).toEqual([]);
});

function childrenOf(pid: number): string[] {
  return readdirSync('/proc').filter((name) => {
    if (!/^\d+$/.test(name)) return false;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1] === String(pid);
    } catch {
      // It ended meanwhile.
      return false;
    }
  });
}

function filesOf(pid: string): string[] {
  return readdirSync(`/proc/${pid}/fd`).flatMap((descriptor) => {
    try {
      return [readlinkSync(`/proc/${pid}/fd/${descriptor}`)];
    } catch {
      // Closed meanwhile.
      return [];
    }
  });
}
