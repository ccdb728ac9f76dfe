import { describe, expect, it } from 'vitest';
import { revealFrom } from './connection.ts';

describe('a reference to the environment', () => {
  const reveal = revealFrom({ TOKEN: 'abc', EMPTY: '' });

  it('is replaced wherever it stands in a text', () => {
    expect(reveal('Bearer \u0024{TOKEN}, \u0024{TOKEN}!')).toBe('Bearer abc, abc!');
    expect(reveal('no $TOKEN here')).toBe('no $TOKEN here');
  });

  it.each(['\u0024{NONE}', '\u0024{EMPTY}'])('to %s, which is not set, is an error that names it', (text) => {
    expect(() => reveal(text)).toThrow(text);
  });
});
