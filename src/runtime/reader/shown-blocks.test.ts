import { expect, it } from 'vitest';
import type { Block } from '../../journal/journal.ts';
import type { ProductDescription } from '../../kit/reader.ts';
import type { Dataset } from '../../schema/field.ts';
import { ShownBlocks } from './shown-blocks.ts';

const DATASET = {
  name: 'items',
  key: ['id'],
  fields: [{ name: 'id', type: 'integer', required: true }],
  extra: 'refuse',
} as unknown as Dataset;
const PRODUCT = { id: 'test.items@1', datasets: [DATASET] } as unknown as ProductDescription;

function block(first: number, last: number): Block {
  const body = Buffer.from(
    Array.from({ length: last - first + 1 }, (_, i) => `{"id":${first + i}}`).join('\n'),
  );
  return { stream: PRODUCT.id, dataset: 'items', first, last, timeUs: 0, body, deletes: [] };
}

it('all who read a product are given the same records of a block, and it need not be read again while somebody has it', () => {
  const [mine] = ShownBlocks.of(PRODUCT).batches(block(1, 3), 1);
  const [other] = ShownBlocks.of(PRODUCT).batches(block(1, 3), 1);
  expect(mine?.map(({ position, document }) => [position, document])).toEqual([
    [1, '{"id":1}'],
    [2, '{"id":2}'],
    [3, '{"id":3}'],
  ]);
  expect(other).toBe(mine);
  const shared = ShownBlocks.of(PRODUCT).inUse(1, 3);
  expect([...(shared?.batches() ?? [])]).toEqual([mine]);
  expect(shared?.last).toBe(3);
});

it('no record behind what is published is given of a block that another has', () => {
  const batches = [...ShownBlocks.of(PRODUCT).batches(block(11, 14), 12)];
  expect(batches.flat().map(({ position }) => position)).toEqual([12, 13, 14]);
  expect(ShownBlocks.of(PRODUCT).inUse(11, 13)).toBeUndefined();
  expect(ShownBlocks.of(PRODUCT).inUse(12, 14)).toBeUndefined();
});
