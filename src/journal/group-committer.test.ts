import { performance } from 'node:perf_hooks';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../base/clock.ts';
import { GroupCommitter, type GroupLimits } from './group-committer.ts';

import './errors.ts';

interface Group {
  readonly commits: readonly number[];
  readonly atMs: number;
}

const LIMITS: GroupLimits = {
  commitIntervalMs: 20,
  promptBytes: 1_000,
  groupCommitsMax: 10,
  groupBytesMax: 1_000,
  waitingCommitsMax: 100,
  waitingBytesMax: 100_000,
};

/** Commits are numbers, which are their sizes too; each write takes `writeMs`. */
function committer(limits: Partial<GroupLimits> = {}, writeMs = 1) {
  const groups: Group[] = [];
  const made = new GroupCommitter<number, string>({
    limits: { ...LIMITS, ...limits },
    bytesOf: (commit) => commit,
    write: async (commits) => {
      groups.push({ commits, atMs: performance.now() });
      await systemClock.sleep(writeMs);
      return commits.map((commit) => (commit === 13 ? new Error('thirteen') : `ok ${commit}`));
    },
  });
  return { made, groups };
}

describe('the group committer', () => {
  it('sends a lone commit at once', async () => {
    const { made } = committer({ commitIntervalMs: 60_000 });
    expect(await made.commit(1)).toBe('ok 1');
  });

  it('starts groups no closer than the interval, so that 1,000 commits a second need few syncs', async () => {
    const { made, groups } = committer();
    const commits: Promise<string>[] = [];
    for (let i = 0; i < 60; i++) {
      commits.push(made.commit(1));
      await systemClock.sleep(2);
    }
    await Promise.all(commits);
    const gaps = groups.slice(1).map((group, i) => group.atMs - (groups[i]?.atMs ?? 0));
    expect(gaps.length).toBeGreaterThan(2);
    // A group that is full goes early; these are not.
    const early = gaps.filter((gap, i) => gap < 19 && (groups[i + 1]?.commits.length ?? 0) < 10);
    expect(early).toEqual([]);
  });

  it('keeps the order of the calls, and gives each commit its own result', async () => {
    const { made, groups } = committer();
    const outcomes = await Promise.allSettled(Array.from({ length: 25 }, (_, i) => made.commit(i)));
    expect(groups.flatMap(({ commits }) => commits)).toEqual(Array.from({ length: 25 }, (_, i) => i));
    for (const [i, outcome] of outcomes.entries()) {
      if (i === 13) expect(outcome).toMatchObject({ status: 'rejected', reason: { message: 'thirteen' } });
      else expect(outcome).toEqual({ status: 'fulfilled', value: `ok ${i}` });
    }
  });

  it('bounds a group by count and by bytes, but takes a commit that alone is larger', async () => {
    const { made, groups } = committer({ commitIntervalMs: 0 });
    await Promise.all([400, 400, 400, 5_000, 1, 1].map((commit) => made.commit(commit)));
    expect(groups.map(({ commits }) => commits)).toEqual([[400, 400], [400], [5_000], [1, 1]]);
    const many = committer({ commitIntervalMs: 0 });
    await Promise.all(Array.from({ length: 25 }, () => many.made.commit(1)));
    expect(many.groups.map(({ commits }) => commits.length)).toEqual([10, 10, 5]);
  });

  it('does not wait with a group that has as many commits, or bytes, as are worth a sync', async () => {
    const { made, groups } = committer({ commitIntervalMs: 60_000, groupCommitsMax: 3, promptBytes: 500 });
    await made.commit(1);
    await Promise.all([made.commit(1), made.commit(1), made.commit(1)]);
    expect(groups).toHaveLength(2);
    await Promise.all([made.commit(300), made.commit(300)]);
    expect(groups).toHaveLength(3);
  });

  it('refuses what the queue cannot hold with JOURNAL_BUSY, and takes it again later', async () => {
    const { made } = committer({ waitingCommitsMax: 5 });
    const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => made.commit(1)));
    const refused = outcomes.filter(({ status }) => status === 'rejected');
    expect(refused).toHaveLength(3);
    expect(refused[0]).toMatchObject({ reason: { code: 'JOURNAL_BUSY', retryable: true, status: 503 } });
    expect(await made.commit(1)).toBe('ok 1');
  });

  it('bounds the bytes that wait', async () => {
    const { made } = committer({ waitingBytesMax: 1_000 });
    const outcomes = await Promise.allSettled([600, 600].map((commit) => made.commit(commit)));
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
  });

  it('writes what waits when it is closed, without the pause, and then refuses', async () => {
    const { made, groups } = committer({ commitIntervalMs: 60_000 });
    await made.commit(1);
    const waiting = made.commit(2);
    await made.close();
    expect(await waiting).toBe('ok 2');
    expect(groups).toHaveLength(2);
    await expect(made.commit(3)).rejects.toMatchObject({ code: 'JOURNAL_CLOSED' });
  });
});
