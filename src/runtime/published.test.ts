import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../base/clock.ts';
import { silentLog } from '../base/log.ts';
import type { CursorUpdate, Journal } from '../journal/journal.ts';
import { openJournal } from '../journal/open-journal.ts';
import { Published } from './published.ts';

const STREAM = 'a.b@1';

describe('what consumers may see of a stream', () => {
  let folder: string;
  let journal: Journal;
  const open = () => openJournal({ folder, clock: systemClock, log: silentLog });
  const append = (count: number, cursors: CursorUpdate[] = []) => {
    const body = Buffer.from('{}\n'.repeat(count));
    return journal.commit({ appends: [{ stream: STREAM, dataset: 'b', count, body }], cursors });
  };

  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'wharf-published-'));
    journal = await open();
  });

  afterEach(async () => {
    await journal.close();
    await rm(folder, { recursive: true });
  });

  it('is everything, while nothing is held', async () => {
    await append(3);
    expect(new Published(journal).position(STREAM)).toBe(3);
  });

  it('stays where it was until the last of several commits, also after a restart between them', async () => {
    await append(3);
    await append(2, [new Published(journal).hold(STREAM)]);
    await journal.close();
    journal = await open();
    const published = new Published(journal);
    expect([published.position(STREAM), journal.head(STREAM)]).toEqual([3, 5]);
    await append(1, [published.releasing(STREAM, 6)]);
    expect(published.position(STREAM)).toBe(3);
    published.release(STREAM, 6);
    expect([published.position(STREAM), new Published(journal).position(STREAM)]).toEqual([6, 6]);
  });

  it('is never a place inside a stretch that was held', async () => {
    await append(3);
    const published = new Published(journal);
    await append(2, [published.hold(STREAM)]);
    await append(1, [published.releasing(STREAM, 6)]);
    published.release(STREAM, 6);
    await append(1);
    expect([2, 3, 4, 5, 6, 7].map((p) => published.settled(STREAM, p))).toEqual([2, 3, 3, 3, 6, 7]);
  });

  it('wakes followers when a hold ends, and not before', async () => {
    await append(1);
    const published = new Published(journal);
    const seen: number[] = [];
    const stop = published.onMove(STREAM, () => seen.push(published.position(STREAM)));
    await append(1);
    await append(1, [published.hold(STREAM)]);
    await append(1, [published.releasing(STREAM, 4)]);
    expect(seen).toEqual([2]);
    published.release(STREAM, 4);
    expect(seen).toEqual([2, 4]);
    stop();
    await append(1);
    expect(seen).toEqual([2, 4]);
  });
});
