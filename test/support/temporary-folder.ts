import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll } from 'vitest';

/** A new folder that is removed when the test file has ended. */
export async function temporaryFolder(name: string): Promise<string> {
  const folder = await mkdtemp(path.join(os.tmpdir(), `wharf-${name}-`));
  afterAll(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
