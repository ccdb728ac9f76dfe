import { describe, expect, it } from 'vitest';
import type { Slice } from '../../schema/slice.ts';
import { countRecords, splitSlice } from './split-slice.ts';

const text = (slice: Slice) => Buffer.from(slice.bytes).toString();
const csv = (content: string): Slice => ({
  bytes: Buffer.from(content),
  line: 10,
  framing: { format: 'csv', columns: ['a', 'b'], delimiter: ',', quote: '"', nulls: [] },
});

describe('cutting a slice that took too long', () => {
  it('keeps every byte, and tells the second half where it stands', () => {
    const slice: Slice = { bytes: Buffer.from('1\n2\n3\n4'), line: 7, framing: { format: 'ndjson' } };
    const [head, tail] = splitSlice(slice) ?? [];
    expect([head && text(head), tail && text(tail), tail?.line]).toEqual(['1\n2\n', '3\n4', 9]);
    expect(countRecords(slice)).toBe(4);
  });

  it('does not cut inside a quoted cell', () => {
    const [head, tail] = splitSlice(csv('1,"x\ny\nz"\n2,b\n')) ?? [];
    expect([head && text(head), tail && text(tail), tail?.line]).toEqual(['1,"x\ny\nz"\n', '2,b\n', 13]);
  });

  it('takes a quote in the middle of a cell for a letter, and blank lines for no record', () => {
    const slice = csv('1,5" pipe\n\n2,b\n');
    const [head, tail] = splitSlice(slice) ?? [];
    expect([head && text(head), tail && text(tail), tail?.line]).toEqual(['1,5" pipe\n\n', '2,b\n', 12]);
    expect(countRecords(slice)).toBe(2);
  });

  it('leaves a single record whole', () => {
    expect(splitSlice(csv('1,"x\ny"\n'))).toBeUndefined();
  });
});
