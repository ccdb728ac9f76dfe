import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { present } from '../../base/assert.ts';
import { type Clock, systemClock } from '../../base/clock.ts';
import { lineLog } from '../../base/log.ts';
import { checkMesh } from '../check/check-mesh.ts';
import { type FollowOptions, followRules } from './follow-rules.ts';

const REGISTRIES = { inputs: {}, ports: {}, deliveries: {} };

it('takes changed rules at the next look when the machine failed at the first, and says so once', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'wharf-rules-'));
  const file = path.join(folder, 'mesh.yaml');
  await writeFile(file, 'mesh: test\n');
  const { mesh, sources } = await checkMesh(folder, REGISTRIES);
  await writeFile(file, 'mesh: test\n# Another text.\n');
  expect(await readFile(file, 'utf8')).toContain('Another');
  const stop = new AbortController();
  const told: string[] = [];
  let tries = 0;
  const access = {
    changeRules: () => {
      tries += 1;
      if (tries < 3) throw new Error('too many open files');
      stop.abort();
      return [];
    },
  };
  const clock: Clock = { ...systemClock, sleep: () => Promise.resolve() };
  const log = lineLog((line) => told.push(line), false);
  const options: FollowOptions = { registries: REGISTRIES, sources, log, clock, signal: stop.signal };
  const platform = { mesh: present(mesh, 'the mesh is right'), access, audit: {} };
  await followRules(platform as unknown as Parameters<typeof followRules>[0], options);
  expect(tries).toBe(3);
  expect(told.filter((line) => line.includes('too many open files'))).toHaveLength(1);
  await rm(folder, { recursive: true });
});
