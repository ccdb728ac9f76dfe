import { expect, it } from 'vitest';
import type { StreamRecord } from '../../kit/reader.ts';
import { oncePerSlice, slicesOf } from './slices-of.ts';

function record(position: number, length: number): StreamRecord {
  return { position, timeUs: 0, op: 'upsert', dataset: 'd', key: '', document: 'x'.repeat(length) };
}

it('clients that are given the same batch are sent the same parts, made once', () => {
  const batch = Array.from({ length: 10 }, (_, i) => record(i + 1, 400));
  let made = 0;
  const text = oncePerSlice((records) => {
    made += 1;
    return records.map(({ position }) => position).join(' ');
  });
  const sent = () => slicesOf(batch, 1_500).map(text);
  expect(sent()).toEqual(['1 2 3', '4 5 6', '7 8 9', '10']);
  expect(sent()).toEqual(['1 2 3', '4 5 6', '7 8 9', '10']);
  // As long as the share of each does not halve.
  expect(slicesOf(batch, 1_100).map(text)).toHaveLength(4);
  expect(made).toBe(4);
});

it('a record that is longer than what may wait for a client is a part of its own', () => {
  const batch = [record(1, 10), record(2, 5_000), record(3, 10)];
  expect(slicesOf(batch, 1_024).map((slice) => slice.map(({ position }) => position))).toEqual([[1, 2], [3]]);
});
