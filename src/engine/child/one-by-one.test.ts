import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { OneByOne } from './one-by-one.ts';

/** Work that ends when it is told to. */
function held() {
  const work = { begun: false, end: (_: string): void => undefined, fail: (_: Error): void => undefined };
  const run = (): Promise<string> => {
    work.begun = true;
    return new Promise((resolve, reject) => Object.assign(work, { end: resolve, fail: reject }));
  };
  return Object.assign(work, { run });
}

const never = new AbortController().signal;

describe('work one by one', () => {
  it('begins when all before it has ended, also when that failed', async () => {
    const [first, second, third] = [held(), held(), held()] as const;
    const turns = new OneByOne();
    const answers = [first, second, third].map((work) => turns.run(work.run, never));
    answers[0]?.catch(() => undefined);
    await setImmediate();
    expect([first.begun, second.begun, third.begun]).toEqual([true, false, false]);
    first.fail(new Error('spoilt'));
    await expect(answers[0]).rejects.toThrow('spoilt');
    await setImmediate();
    expect([second.begun, third.begun]).toEqual([true, false]);
    second.end('second');
    expect(await answers[1]).toBe('second');
    await setImmediate();
    third.end('third');
    expect(await answers[2]).toBe('third');
  });

  it('lets go at once of what is given up while it waits, and what comes after still waits', async () => {
    const [first, second, third] = [held(), held(), held()] as const;
    const turns = new OneByOne();
    const givenUp = new AbortController();
    const one = turns.run(first.run, never);
    const two = turns.run(second.run, givenUp.signal);
    const three = turns.run(third.run, never);
    await setImmediate();
    givenUp.abort();
    expect(await two).toBeUndefined();
    await setImmediate();
    expect([second.begun, third.begun], 'the first still works').toEqual([false, false]);
    first.end('first');
    expect(await one).toBe('first');
    await setImmediate();
    third.end('third');
    expect(await three).toBe('third');
  });

  it('does nothing of what was given up before, and leaves alone what works', async () => {
    const turns = new OneByOne();
    const work = held();
    expect(await turns.run(work.run, AbortSignal.abort())).toBeUndefined();
    expect(work.begun).toBe(false);
    const givenUp = new AbortController();
    const answer = turns.run(work.run, givenUp.signal);
    await setImmediate();
    givenUp.abort();
    await setImmediate();
    work.end('at its own end');
    expect(await answer).toBe('at its own end');
  });
});
