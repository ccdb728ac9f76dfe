import { describe, expect, it } from 'vitest';
import { knownTag, writtenTag } from './file-tag.ts';

describe('the tag of a file', () => {
  it('differs when the same rows were written again, so that no download mixes two files', () => {
    expect(writtenTag('"rows"', 1n)).not.toBe(writtenTag('"rows"', 2n));
  });

  it('is known again by its rows, whichever writing it was of', () => {
    const old = writtenTag('"rows"', 1n);
    expect(knownTag(`"other", W/${old}`, '"rows"')).toBe(old);
    expect(knownTag(old, '"row"')).toBeUndefined();
    expect(knownTag(undefined, '"rows"')).toBeUndefined();
  });
});
