import { describe, expect, it } from 'vitest';
import { LookupIndex } from './lookup-index.ts';

describe('who looked up a row', () => {
  it('is every record that does so now, and none that did before', () => {
    const index = new LookupIndex(10);
    index.set('a', ['x', 'y']);
    index.set('b', ['y']);
    index.set('a', ['z']);
    expect([...index.recordsOf(['x', 'y'])]).toEqual(['b']);
    expect([...index.recordsOf(['z', 'y'])].sort()).toEqual(['a', 'b']);
    index.delete('b');
    expect([...index.recordsOf(['y'])]).toEqual([]);
  });

  it('is not known once there are too many, or a record does not tell', () => {
    const full = new LookupIndex(2);
    full.set('a', ['x', 'y']);
    expect(full.complete).toBe(true);
    full.set('a', ['x', 'z']);
    expect(full.complete).toBe(true);
    full.set('b', ['x']);
    expect(full.complete).toBe(false);
    const silent = new LookupIndex(2);
    silent.set('a', undefined);
    expect(silent.complete).toBe(false);
  });
});
