import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildChild, type RunningChild, startChild } from './children/start-child.ts';
import { type DataFolder, openDataFolder, readLock } from './data-folder.ts';
import { HEARTBEAT_STALE_MS, type LockContent, lockFile, newestNumber } from './lock-files.ts';
import { ownIdentity } from './process-identity.ts';

const root = mkdtempSync(path.join(os.tmpdir(), 'wharf-lock-'));
const identity = { mesh: 'test' };
let script: string;
let folder: string;
let rounds = 0;
const children: RunningChild[] = [];

beforeAll(async () => {
  script = await buildChild('hold-folder', root);
});

beforeEach(() => {
  folder = path.join(root, `data-${++rounds}`);
});

afterAll(async () => {
  for (const child of children) child.process.kill('SIGKILL');
  await Promise.all(children.map(({ ended }) => ended));
  rmSync(root, { recursive: true, force: true });
});

function hold(...args: string[]): RunningChild {
  const child = startChild(process.execPath, [script, folder, ...args]);
  children.push(child);
  return child;
}

async function kill(child: RunningChild): Promise<void> {
  child.process.kill('SIGKILL');
  await child.ended;
}

/** A lock as another process would have left it. */
function leaveLock(content: Partial<LockContent>, silentMs = 0): void {
  mkdirSync(path.join(folder, 'lock'), { recursive: true });
  const lock = { process: ownIdentity(), startedAt: '2026-01-01T00:00:00.000Z', mesh: 'test', ...content };
  writeFileSync(lockFile(folder, 1), JSON.stringify(lock));
  const at = new Date(Date.now() - silentMs);
  utimesSync(lockFile(folder, 1), at, at);
}

describe('a data folder', () => {
  it('is created for this user alone', async () => {
    const held = await openDataFolder(path.join(folder, 'deep'), identity);
    expect(statSync(held.path).mode & 0o777).toBe(0o700);
    await held.release();
  });

  it('refuses a second process, naming the first with its pid, start and address', async () => {
    const first = hold('http://127.0.0.1:7400');
    await first.line('held');
    const refused = await openDataFolder(folder, identity).catch((error) => error);
    expect(refused).toMatchObject({ code: 'DATA_FOLDER_LOCKED', details: { pid: first.process.pid } });
    expect(refused.message).toContain(`is used by process ${first.process.pid} on`);
    expect(refused.message).toMatch(/at http:\/\/127\.0\.0\.1:7400, started \d{4}-\d\d-\d\dT/);
    expect(await hold().line('refused')).toContain('DATA_FOLDER_LOCKED');
    await kill(first);
  });

  it('is free again as soon as its process was killed', async () => {
    const first = hold();
    await first.line('held');
    await kill(first);
    const second = await openDataFolder(folder, identity);
    await second.release();
  });

  it('refuses the same process too, until it is released', async () => {
    const held = await openDataFolder(folder, identity);
    await expect(openDataFolder(folder, identity)).rejects.toMatchObject({ code: 'DATA_FOLDER_LOCKED' });
    await held.release();
    await held.release();
    await (await openDataFolder(folder, identity)).release();
  });

  it('says what it cannot use', async () => {
    writeFileSync(folder, 'a file');
    await expect(openDataFolder(folder, identity)).rejects.toMatchObject({ code: 'DATA_FOLDER_UNUSABLE' });
  });
});

describe('a stale lock', () => {
  it('is taken over when its pid now belongs to another process', async () => {
    leaveLock({ process: { ...ownIdentity(), startTicks: '1' } });
    await (await openDataFolder(folder, identity)).release();
  });

  it('of another machine or container is respected while it gives signs, and taken over after', async () => {
    const elsewhere = { ...ownIdentity(), space: 'another boot pid:[1]', host: 'elsewhere' };
    leaveLock({ process: elsewhere }, HEARTBEAT_STALE_MS / 2);
    await expect(openDataFolder(folder, identity)).rejects.toThrow('on "elsewhere"');
    leaveLock({ process: elsewhere }, HEARTBEAT_STALE_MS + 1_000);
    await (await openDataFolder(folder, identity)).release();
  });

  it('that cannot be read is respected while it is new', async () => {
    leaveLock({});
    writeFileSync(lockFile(folder, 1), '{"proc');
    await expect(openDataFolder(folder, identity)).rejects.toThrow('cannot be read');
    const at = new Date(Date.now() - HEARTBEAT_STALE_MS - 1_000);
    utimesSync(lockFile(folder, 1), at, at);
    await (await openDataFolder(folder, identity)).release();
  });

  it('is taken over by one only, however many try at once', async () => {
    for (let round = 0; round < 10; round++) {
      folder = path.join(root, `race-${round}`);
      leaveLock({ process: { ...ownIdentity(), startTicks: '1' } });
      const tries = await Promise.allSettled(
        Array.from({ length: 20 }, () => openDataFolder(folder, identity)),
      );
      const held = tries.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
      expect(held).toHaveLength(1);
      await held[0]?.release();
    }
  });

  it('is taken over by one process only', async () => {
    leaveLock({ process: { ...ownIdentity(), startTicks: '1' } });
    const tries = Array.from({ length: 5 }, () => hold());
    const outcomes = await Promise.all(
      tries.map((child) => Promise.race([child.line('held'), child.line('refused')])),
    );
    expect(outcomes.filter((line) => line.startsWith('held'))).toHaveLength(1);
    await Promise.all(tries.map(kill));
  });

  it('never lets two in while locks are taken and released all the time', async () => {
    let inside = 0;
    let turns = 0;
    const visitor = async () => {
      for (let turn = 0; turn < 15; turn++) {
        let held: DataFolder | undefined;
        try {
          held = await openDataFolder(folder, identity);
        } catch (error) {
          expect(error).toMatchObject({ code: 'DATA_FOLDER_LOCKED' });
          continue;
        }
        inside += 1;
        expect(inside).toBe(1);
        await new Promise((resolve) => setImmediate(resolve));
        inside -= 1;
        turns += 1;
        await held.release();
      }
    };
    await Promise.all(Array.from({ length: 8 }, visitor));
    expect(turns).toBeGreaterThan(0);
    expect(readdirSync(path.join(folder, 'lock'))).toEqual([`${await newestNumber(folder)}.json`]);
  });
});

describe('the description', () => {
  it('tells other processes where the server is, for this user only', async () => {
    expect(await readLock(folder)).toBeUndefined();
    const held = await openDataFolder(folder, identity);
    await held.describe({ url: 'http://127.0.0.1:7400', secret: 's3cret' });
    expect(await readLock(folder)).toMatchObject({
      pid: process.pid,
      mesh: 'test',
      url: 'http://127.0.0.1:7400',
      secret: 's3cret',
    });
    const file = lockFile(held.path, await newestNumber(folder));
    expect(statSync(file).mode & 0o777).toBe(0o600);
    await held.release();
    expect(await readLock(folder)).toBeUndefined();
    expect(readFileSync(file, 'utf8')).not.toContain('s3cret');
  });

  it('is not shown of a process that was killed', async () => {
    const first = hold('http://127.0.0.1:7400');
    await first.line('held');
    expect(await readLock(folder)).toMatchObject({ pid: first.process.pid });
    await kill(first);
    expect(await readLock(folder)).toBeUndefined();
  });
});
