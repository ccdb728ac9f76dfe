import { readdirSync, readlinkSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../base/clock.ts';
import { silentLog } from '../base/log.ts';
import { openServices } from './open-services.ts';

/** Files below the folder that this process has open. */
function openFiles(folder: string): string[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      const file = readlinkSync(`/proc/self/fd/${fd}`);
      return file.startsWith(folder) ? [path.relative(folder, file)] : [];
    } catch {
      // Closed since it was listed, as the one of the listing itself is.
      return [];
    }
  });
}

describe('the services of a data folder', () => {
  let folder: string;
  const open = () =>
    openServices({ mesh: { products: [] }, dataFolder: folder, clock: systemClock, log: silentLog });
  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'wharf-services-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('are all closed again', async () => {
    const { close } = await open();
    expect(openFiles(folder)).not.toEqual([]);
    await close();
    expect(openFiles(folder)).toEqual([]);
  });

  it('leave nothing open when one of them cannot be opened', async () => {
    const runs = path.join(folder, 'store', 'of-another-folder');
    await mkdir(runs, { recursive: true });
    await writeFile(path.join(runs, 'run.parquet'), '');
    await expect(open()).rejects.toMatchObject({ code: 'STORE_UNKNOWN_RUNS' });
    expect(openFiles(folder)).toEqual([]);
  });
});
