import { expect, it } from 'vitest';
import { VirtualClock } from '../../base/clock.ts';
import type { ProductReader, SnapshotReader } from '../../kit/reader.ts';
import { AccessWatch } from '../access/access-watch.ts';
import { ObservedReader } from './observed-reader.ts';

const FIVE_SECONDS_MS = 5_000;

function observed(clock: VirtualClock, check: () => void) {
  let released = 0;
  const release = () => {
    released += 1;
  };
  const snapshot = {
    product: { id: 'shop.items@1' },
    position: 7,
    file: async () => ({ path: '/nowhere', bytes: 1, release }),
  } as unknown as SnapshotReader;
  const reader = { product: snapshot.product, at: async () => snapshot } as unknown as ProductReader;
  const watch = new AccessWatch(clock);
  const observer = { read: async () => undefined, more: () => undefined };
  const guarded = new ObservedReader(reader, { observer, port: 'files', consumer: 'user:ana', check, watch });
  return { guarded, watch, released: () => released };
}

it('ends a file that is being given within five seconds of the end of access, and gives it back', async () => {
  const clock = new VirtualClock(0);
  let isAllowed = true;
  const { guarded, watch, released } = observed(clock, () => {
    if (!isAllowed) throw new Error('The token was revoked.');
  });
  const snapshot = await guarded.at(undefined);
  const request = { dataset: 'items', format: 'csv', defuseFormulas: true } as const;
  const file = await snapshot.file({ ...request, signal: new AbortController().signal });
  const later = await snapshot.file({ ...request, signal: new AbortController().signal });
  later.release();
  isAllowed = false;
  expect(file.ended?.aborted).toBe(false);
  clock.advance(FIVE_SECONDS_MS);
  await expect.poll(() => file.ended?.aborted, { timeout: 60_000 }).toBe(true);
  expect(String(file.ended?.reason)).toContain('revoked');
  // What was given back before is not looked at any more.
  expect(later.ended?.aborted).toBe(false);
  file.release();
  expect(released()).toBe(2);
  await expect(snapshot.file({ ...request, signal: new AbortController().signal })).rejects.toThrow(
    'revoked',
  );
  expect(released()).toBe(3);
  await watch.close();
});
