/** Watches, and disturbs, the system calls of a process that commits. Needs `strace`, and the right to trace. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../base/clock.ts';
import { silentLog } from '../base/log.ts';
import { buildChild, startChild } from './children/start-child.ts';
import { openJournal } from './open-journal.ts';

const root = mkdtempSync(path.join(os.tmpdir(), 'wharf-sync-'));
const tracing = canTrace();
let script: string;
let rounds = 0;

function canTrace(): boolean {
  try {
    execFileSync('strace', ['-f', '-e', 'trace=none', 'true'], { stdio: 'ignore' });
    return true;
  } catch (error) {
    console.warn(`Tests that watch system calls are left out: ${String(error)}`);
    return false;
  }
}

beforeAll(async () => {
  script = await buildChild('commit-steps', root);
});

afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

function nextFolder(): string {
  return path.join(root, `data-${rounds}`);
}

/** Runs the child with the options of strace; its lines, and the system calls in order. */
async function trace(options: readonly string[], steps: readonly string[]) {
  const folder = nextFolder();
  mkdirSync(folder);
  const log = path.join(root, `calls-${rounds}`);
  const args = ['-f', '-y', '-o', log, ...options, process.execPath, script, folder, ...steps];
  // One thread does all the writing, because faults are counted for each thread.
  const child = startChild('strace', args, { env: { ...process.env, UV_THREADPOOL_SIZE: '1' } });
  await child.ended;
  rounds += 1;
  return { lines: child.lines, calls: readFileSync(log, 'utf8').split('\n') };
}

describe.runIf(tracing)('the disk', () => {
  it('has everything before the acknowledgement: pages, fdatasync, then the meta page through O_DSYNC', async () => {
    const { lines, calls } = await trace(
      ['-e', 'trace=openat,pwrite64,pwritev,writev,fdatasync,fsync,write'],
      ['20', '5000'],
    );
    expect(lines.filter((line) => line.startsWith('ack'))).toHaveLength(20);
    const metaFd = calls.findLast((call) => /data\.mdb", O_WRONLY\|O_DSYNC/.test(call));
    const fd = /= (\d+)/.exec(metaFd ?? '')?.[1];
    expect(fd, 'the meta page has a descriptor that syncs').toBeDefined();
    const steps = calls.flatMap((call) => {
      if (/fdatasync\(\d+<.*data\.mdb>.*= 0|fdatasync resumed.*= 0/.test(call)) return ['sync'];
      if (new RegExp(`pwrite64\\(${fd}<`).test(call)) return ['meta'];
      if (/(pwrite64|pwritev|writev)\(\d+<.*data\.mdb>/.test(call)) return ['pages'];
      return /write\(1<.*"ack/.test(call) ? ['ack'] : [];
    });
    const order = steps.join(' ').replaceAll(/(pages )+/g, 'pages ');
    expect(order).toMatch(/(pages sync meta ack ?){20}$/);
  });

  it('that fails once is not asked again: nothing more is acknowledged, and what was before is still read', async () => {
    const { lines } = await trace(
      ['-e', 'trace=fdatasync', '-e', 'inject=fdatasync:error=EIO:when=6'],
      ['12', '1000'],
    );
    const acknowledged = lines.filter((line) => line.startsWith('ack')).length;
    expect(acknowledged).toBe(4);
    expect(lines).toEqual([
      'ready',
      ...Array.from({ length: acknowledged }, (_, i) => `ack ${i + 1} ${i + 1}`),
      ...Array.from(
        { length: 12 - acknowledged },
        (_, i) => `refused ${acknowledged + 1 + i} JOURNAL_SYNC_FAILED`,
      ),
      `held ${acknowledged} ${acknowledged}`,
    ]);
  });

  it('that fails at any one write of a commit stops the journal too, the meta page not excepted', async () => {
    for (const when of [30, 31, 32, 33]) {
      const data = path.join(nextFolder(), 'journal/data.mdb');
      const { lines, calls } = await trace(
        ['-e', 'trace=pwrite64', '-P', data, '-e', `inject=pwrite64:error=EIO:when=${when}`],
        ['30', '10'],
      );
      expect(calls.filter((call) => call.includes('(INJECTED)'))).toHaveLength(1);
      const acknowledged = lines.filter((line) => line.startsWith('ack')).length;
      expect(acknowledged).toBeGreaterThan(2);
      expect(acknowledged).toBeLessThan(30);
      expect(lines.at(-2)).toBe('refused 30 JOURNAL_SYNC_FAILED');
      expect(lines.at(-1)).toBe(`held ${acknowledged} ${acknowledged}`);
      const folder = path.dirname(path.dirname(data));
      const again = await openJournal({ folder, clock: systemClock, log: silentLog });
      expect(again.head('steps@1')).toBe(acknowledged);
      await again.close();
    }
  });
});

it.runIf(process.platform === 'linux')(
  'a limit on the size of files is a full disk: refused, and on it goes after a trim, without a gap',
  async () => {
    const folder = path.join(root, 'limited');
    mkdirSync(folder);
    const command = `ulimit -f 2000; exec "${process.execPath}" "${script}" "${folder}" 60 100000`;
    const child = startChild('bash', ['-c', command]);
    expect((await child.ended).code).toBe(0);
    const acknowledged = child.lines.filter((line) => line.startsWith('ack'));
    const refused = child.lines.filter((line) => line.startsWith('refused'));
    expect(refused.length).toBeGreaterThan(0);
    expect(refused.every((line) => line.endsWith('JOURNAL_FULL'))).toBe(true);
    expect(acknowledged.map((line) => Number(line.split(' ')[2]))).toEqual(acknowledged.map((_, i) => i + 1));
    expect(child.lines.at(-1)).toMatch(new RegExp(`^held \\d+ ${acknowledged.length}$`));
  },
);
