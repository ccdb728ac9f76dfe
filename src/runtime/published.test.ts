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

  describe('with a gate', () => {
    const gated = async () => {
      const published = new Published(journal);
      await published.gate([STREAM]);
      return published;
    };

    it('is what has passed, also after a restart', async () => {
      const published = await gated();
      await append(3);
      expect([published.position(STREAM), published.complete(STREAM)]).toEqual([0, 3]);
      await append(1, [published.passing(STREAM, 2)]);
      published.pass(STREAM, 2);
      expect(published.position(STREAM)).toBe(2);
      await journal.close();
      journal = await open();
      expect([new Published(journal).position(STREAM), new Published(journal).complete(STREAM)]).toEqual([
        2, 4,
      ]);
    });

    it('keeps what was shown before there was a gate, and shows all again when there is none', async () => {
      await append(3);
      const published = await gated();
      await append(2);
      expect(published.position(STREAM)).toBe(3);
      await published.gate([]);
      expect([published.position(STREAM), new Published(journal).position(STREAM)]).toEqual([5, 5]);
    });

    it('never gives a position that was not let through', async () => {
      const published = await gated();
      const pass = async (position: number) => {
        await append(1, [published.passing(STREAM, position)]);
        published.pass(STREAM, position);
      };
      await append(20);
      await pass(3);
      published.refuse(STREAM, 5);
      published.refuse(STREAM, 7);
      await pass(7);
      await pass(8);
      await pass(10);
      for (let end = 12; end <= 12 + 2 * 220; end += 2) {
        await append(2);
        await pass(end);
      }
      expect([2, 3, 4, 5, 6, 7, 8].map((p) => published.settled(STREAM, p))).toEqual([2, 3, 3, 3, 3, 7, 8]);
      expect(published.settled(STREAM, 451)).toBe(450);
      expect(published.settled(STREAM, 9_999)).toBe(452);
    });

    it('never shows an old failure, however many there were since', async () => {
      const published = await gated();
      for (let at = 0; at < 250; at++) {
        await append(3);
        published.refuse(STREAM, at * 3 + 2);
        const cursor = published.passing(STREAM, at * 3 + 3);
        await journal.commit({ cursors: [cursor] });
        published.pass(STREAM, at * 3 + 3);
      }
      const wrong = Array.from({ length: 250 }, (_, at) => published.settled(STREAM, at * 3 + 2)).filter(
        (p) => p % 3,
      );
      expect(wrong).toEqual([]);
      expect(published.settled(STREAM, 749)).toBe(747);
    });

    it('wakes followers when a position passes, and whoever checks when there is more to check', async () => {
      const published = await gated();
      const calls: string[] = [];
      published.onMove(STREAM, () => calls.push('move'));
      published.onComplete(STREAM, () => calls.push('complete'));
      await append(1);
      await append(1, [published.hold(STREAM)]);
      await append(1, [published.releasing(STREAM, 3)]);
      published.release(STREAM, 3);
      expect(calls).toEqual(['complete', 'complete']);
      published.pass(STREAM, 3);
      expect(calls).toEqual(['complete', 'complete', 'move']);
    });
  });
});
