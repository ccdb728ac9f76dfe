import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../base/clock.ts';
import { PUSHES_WAITING_MIN, PushLine } from './push-line.ts';

function withResolver(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  const resolvers: (() => void)[] = [];
  const promise = new Promise<void>((resolve) => resolvers.push(resolve));
  const resolve = () => {
    for (const each of resolvers) each();
  };
  return { promise, resolve };
}

/** Work that ends when it is told. */
function waiting(line: PushLine, count: number): (() => void)[] {
  return Array.from({ length: count }, () => {
    const { promise, resolve } = withResolver();
    void line.through(() => promise);
    return resolve;
  });
}

const ended = () => new Promise((resolve) => setImmediate(resolve));

describe('pushes that wait to be written', () => {
  it('are refused at once beyond those that may always wait, while none is answered', async () => {
    const line = new PushLine(new VirtualClock(0));
    const ends = waiting(line, PUSHES_WAITING_MIN);
    await expect(line.through(async () => 'taken')).rejects.toMatchObject({ code: 'PUSH_BUSY' });
    ends[0]?.();
    await ended();
    expect(await line.through(async () => 'taken')).toBe('taken');
  });

  it('may be as many as were answered within the last two seconds', async () => {
    const clock = new VirtualClock(5_000);
    const line = new PushLine(clock);
    for (let i = 0; i < 2 * PUSHES_WAITING_MIN; i++) {
      await line.through(async () => undefined);
      if (i === PUSHES_WAITING_MIN) clock.advance(1_000);
    }
    waiting(line, 2 * PUSHES_WAITING_MIN - 1);
    expect(() => line.check()).not.toThrow();
    waiting(line, 1);
    expect(() => line.check()).toThrow(expect.objectContaining({ code: 'PUSH_BUSY', status: 503 }));
  });

  it('are fewer again once the answers before become slower', async () => {
    const clock = new VirtualClock(0);
    const line = new PushLine(clock);
    for (let i = 0; i < 2 * PUSHES_WAITING_MIN; i++) await line.through(async () => undefined);
    waiting(line, PUSHES_WAITING_MIN);
    clock.advance(1_900);
    expect(() => line.check()).not.toThrow();
    clock.advance(100);
    expect(() => line.check()).toThrow(expect.objectContaining({ code: 'PUSH_BUSY' }));
  });

  it('leave the line when they fail', async () => {
    const line = new PushLine(new VirtualClock(0));
    for (let i = 0; i <= PUSHES_WAITING_MIN; i++)
      await expect(line.through(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(() => line.check()).not.toThrow();
  });
});
