/** Records that follow from their positions, in blocks of ten: what a crash test's child writes and its parent expects. */
import type { Append } from '../../journal/journal.ts';
import type { Dataset } from '../../schema/field.ts';
import type { StoreLimits } from '../limits.ts';
import type { StreamSchema } from '../store.ts';

export const BLOCK_RECORDS = 10;

const STOCK: Dataset = {
  name: 'stock',
  key: ['id'],
  extra: 'refuse',
  fields: [
    { name: 'id', type: 'integer' },
    { name: 'last', type: 'integer' },
    { name: 'total', type: 'integer', reduce: 'sum' },
  ],
};
const LOG: Dataset = { name: 'log', key: 'none', extra: 'refuse', fields: [{ name: 'v', type: 'integer' }] };

export const CRASH_SCHEMA: StreamSchema = { stream: 'crash.stock@1', datasets: [STOCK, LOG], historyMs: 400 };

/** Everything is due all the time. */
export const CRASH_LIMITS: Partial<StoreLimits> = {
  flushAgeMs: 0,
  flushSmallBytes: 0,
  mergeFanIn: 2,
  runsMax: 6,
  deltaRowsMin: 10,
  baseShareBusy: 4,
  baseRowsCheap: 0,
  baseRowsBusy: 0,
};

export function datasetAt(position: number): 'stock' | 'log' {
  return Math.floor((position - 1) / BLOCK_RECORDS) % 3 === 2 ? 'log' : 'stock';
}

export function isDeleteAt(position: number): boolean {
  return datasetAt(position) === 'stock' && position % 13 === 0;
}

export function documentAt(position: number): Record<string, number> {
  if (datasetAt(position) === 'log') return { v: position };
  return { id: position % 17, last: position, total: position };
}

/** The block after the head. */
export function appendAfter(head: number): Append {
  const positions = Array.from({ length: BLOCK_RECORDS }, (_, i) => head + 1 + i);
  const lines = positions.map((position) => `${JSON.stringify(documentAt(position))}\n`);
  return {
    stream: CRASH_SCHEMA.stream,
    dataset: datasetAt(head + 1),
    count: BLOCK_RECORDS,
    body: Buffer.from(lines.join('')),
    deletes: positions.flatMap((position, i) => (isDeleteAt(position) ? [i] : [])),
  };
}
