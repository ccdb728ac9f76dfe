import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../base/clock.ts';
import { SLICES_WAITING_MAX } from '../validation/validation-pool.ts';
import {
  PLACES_MAX,
  PLACES_MIN,
  PUSHES_HELD_MAX,
  type Push,
  PushLine,
  READ_MS,
  WAIT_MS,
} from './push-line.ts';

interface Seen {
  readonly push: Push;
  readonly said: string[];
}

function enter(line: PushLine, count = 1): Seen[] {
  return Array.from({ length: count }, () => {
    const said: string[] = [];
    const push = line.enter({ admit: () => said.push('admitted'), refuse: () => said.push('refused') });
    return { push, said };
  });
}

/** Pushes with all of their bodies. */
async function placed(line: PushLine, count: number): Promise<Seen[]> {
  const all = enter(line, count);
  for (const { push } of all) await line.placed(push);
  return all;
}

const saidOf = (seen: readonly Seen[]) => seen.map(({ said }) => said.join(' '));

/** What was woken gets to run. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('pushes that wait to be written', () => {
  it('are held beyond those that always have a place, and the newest is let in first', async () => {
    const line = new PushLine(new VirtualClock(0));
    const [first] = await placed(line, PLACES_MIN);
    const late = enter(line, 2);
    expect(saidOf(late)).toEqual(['', '']);
    line.leave((first as Seen).push, true);
    expect(saidOf(late)).toEqual(['', 'admitted']);
  });

  it('are refused once they were held for as long as they may, by a clock that was set back, too', async () => {
    const clock = new VirtualClock(10_000);
    const line = new PushLine(clock);
    await placed(line, PLACES_MIN);
    const held = enter(line);
    clock.advance(WAIT_MS - 100);
    await turn();
    expect(saidOf(held)).toEqual(['']);
    clock.advance(100);
    await turn();
    expect(saidOf(held)).toEqual(['refused']);
    const again = enter(line);
    clock.advance(-5_000);
    clock.advance(100);
    clock.advance(100);
    const [other] = enter(line);
    line.leave((other as Seen).push, false);
    expect(saidOf(again)).toEqual(['refused']);
    expect(line.held).toBe(0);
  });

  it('have as many places as were taken within the last two seconds, and fewer again later', async () => {
    const clock = new VirtualClock(5_000);
    const line = new PushLine(clock);
    for (let i = 0; i < 2; i++) for (const { push } of await placed(line, PLACES_MIN)) line.leave(push, true);
    const all = await placed(line, 2 * PLACES_MIN + 1);
    expect(saidOf(all).filter((said) => said === 'admitted')).toHaveLength(2 * PLACES_MIN);
    clock.advance(WAIT_MS);
    const [first] = all;
    line.leave((first as Seen).push, false);
    expect(saidOf(enter(line))).toEqual(['']);
  });

  it('have no more places than slices may wait for validation, however fast they are taken', async () => {
    const line = new PushLine(new VirtualClock(0));
    for (let i = 0; i < 8; i++) for (const { push } of await placed(line, PLACES_MIN)) line.leave(push, true);
    const all = await placed(line, PLACES_MAX + 1);
    expect(saidOf(all).filter((said) => said === 'admitted')).toHaveLength(PLACES_MAX);
    expect(PLACES_MAX).toBeLessThan(SLICES_WAITING_MAX);
  });

  it('make no places for others when they fail', async () => {
    const line = new PushLine(new VirtualClock(0));
    for (const { push } of await placed(line, 2 * PLACES_MIN)) line.leave(push, false);
    expect(saidOf(enter(line, PLACES_MIN + 1)).at(-1)).toBe('');
  });

  it('keep nobody out while their bodies do not come, and take another place once they are here', async () => {
    const clock = new VirtualClock(0);
    const line = new PushLine(clock);
    const slow = enter(line, PLACES_MIN);
    const held = enter(line);
    clock.advance(READ_MS);
    await turn();
    expect(saidOf(held)).toEqual(['admitted']);
    await placed(line, PLACES_MIN - 1);
    await line.placed((held[0] as Seen).push);
    const here = line.placed((slow[0] as Seen).push).catch((error: unknown) => error);
    clock.advance(WAIT_MS);
    expect(await here).toMatchObject({ code: 'PUSH_BUSY', status: 503, retryable: true });
    const later = line.placed((slow[1] as Seen).push);
    line.leave((held[0] as Seen).push, true);
    await later;
  });

  it('are refused at once when as many are held as may', async () => {
    const line = new PushLine(new VirtualClock(0));
    await placed(line, PLACES_MIN);
    const held = enter(line, PUSHES_HELD_MAX + 1);
    expect(saidOf(held).filter((said) => said === 'refused')).toHaveLength(1);
    expect(saidOf(held).at(-1)).toBe('refused');
    for (const { push } of held) line.leave(push, false);
    expect(line.held).toBe(0);
  });
});
