import { expect, it } from 'vitest';
import { VirtualClock } from '../../base/clock.ts';
import { waitForJournalRoom } from './journal-room.ts';
import type { Services } from './services.ts';

/** A journal of which only these figures are known. */
function journalHolding(held: { bytes: number; records: number }) {
  const journal = {
    heldBytes: () => held.bytes,
    head: () => 5_000_000,
    tail: () => 5_000_001 - held.records,
  };
  return journal as unknown as Services['journal'];
}

it.each([
  ['bytes', { bytes: 1_000_000_000, records: 10 }],
  ['records, however small', { bytes: 10, records: 3_000_000 }],
])('what fills the journal waits while it holds many %s', async (_, held) => {
  const clock = new VirtualClock(0);
  let isOver = false;
  const waited = waitForJournalRoom(
    { journal: journalHolding(held), clock },
    's',
    new AbortController().signal,
  );
  void waited.then(() => (isOver = true));
  clock.advance(1_000);
  await new Promise((resolve) => setImmediate(resolve));
  expect(isOver).toBe(false);
  Object.assign(held, { bytes: 0, records: 0 });
  clock.advance(1_000);
  await waited;
});
