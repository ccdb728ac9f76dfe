import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../base/clock.ts';
import { ShortTurns } from './short-turns.ts';

const settled = () => new Promise((resolve) => setImmediate(resolve));

/** Work that ends when it is told to. */
function controlled(log: string[], name: string) {
  let end: () => void = () => undefined;
  let fail: (reason: Error) => void = () => undefined;
  const ended = new Promise<void>((resolve, reject) => {
    end = resolve;
    fail = reject;
  });
  const work = async () => {
    log.push(`${name} begins`);
    await ended;
    log.push(`${name} ends`);
    return name;
  };
  return { work, end, fail };
}

describe('short turns', () => {
  it('come in the order in which they were asked for, one at a time', async () => {
    const turns = new ShortTurns(new VirtualClock(0));
    const log: string[] = [];
    const [a, b, c] = ['a', 'b', 'c'].map((name) => controlled(log, name));
    const all = Promise.all([a, b, c].map((one) => turns.take(0, one?.work ?? (async () => ''))));
    await settled();
    expect(log).toEqual(['a begins']);
    a?.end();
    await settled();
    b?.end();
    c?.end();
    expect(await all).toEqual(['a', 'b', 'c']);
    expect(log).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
  });

  it('go to what is derived from others first, unless that asked much later', async () => {
    const clock = new VirtualClock(0);
    const turns = new ShortTurns(clock);
    const log: string[] = [];
    const works = ['first', 'shallow', 'deep', 'late'].map((name) => controlled(log, name));
    const take = (place: number, depth: number) => turns.take(depth, works[place]?.work ?? (async () => ''));
    const all = [take(0, 0), take(1, 0), take(2, 1)];
    clock.advance(199);
    all.push(take(3, 0));
    clock.advance(0);
    for (const work of works) work.end();
    await Promise.all(all);
    expect(log.filter((line) => line.endsWith('begins'))).toEqual([
      'first begins',
      'deep begins',
      'shallow begins',
      'late begins',
    ]);
  });

  it('pass on when work fails, and its error reaches who asked', async () => {
    const turns = new ShortTurns(new VirtualClock(0));
    const failed = turns.take(0, () => Promise.reject(new Error('no')));
    const next = turns.take(0, async () => 'next');
    await expect(failed).rejects.toThrow('no');
    expect(await next).toBe('next');
  });

  it('pass on when work takes long, while it goes on', async () => {
    const clock = new VirtualClock(0);
    const turns = new ShortTurns(clock);
    const log: string[] = [];
    const [long, short] = [controlled(log, 'long'), controlled(log, 'short')];
    const all = Promise.all([turns.take(0, long.work), turns.take(0, short.work)]);
    await settled();
    clock.advance(200);
    await settled();
    expect(log).toEqual(['long begins', 'short begins']);
    short.end();
    long.end();
    expect(await all).toEqual(['long', 'short']);
  });
});
