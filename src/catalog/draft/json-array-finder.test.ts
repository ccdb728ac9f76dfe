import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codeOf } from '../../base/errors.ts';
import { JsonArrayFinder } from './json-array-finder.ts';

function find(text: string, size = text.length): Record<string, unknown[]> {
  const found: Record<string, unknown[]> = {};
  const finder = new JsonArrayFinder((path, item) => {
    found[path] = [...(found[path] ?? []), JSON.parse(item)];
  });
  for (let at = 0; at < text.length; at += size) finder.feed(text.slice(at, at + size));
  finder.end();
  return found;
}

/** The same, the slow way. */
function expected(
  value: unknown,
  path = '$',
  found: Record<string, unknown[]> = {},
): Record<string, unknown[]> {
  if (Array.isArray(value)) {
    if (value.length > 0) found[path] = value;
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, member] of Object.entries(value)) expected(member, `${path}.${name}`, found);
  }
  return found;
}

const names = fc.constantFrom('a', 'b', 'features', 'é');
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom<unknown>(null, 1.5, 'x', ']', '{"', '\\', '"', true, ','),
    fc.array(tie('tree'), { maxLength: 3 }),
    fc.dictionary(names, tie('tree'), { maxKeys: 3, noNullPrototype: true }),
  ),
}));

describe('JsonArrayFinder', () => {
  it('finds every array that objects lead to, wherever the pieces are cut', () => {
    fc.assert(
      fc.property(
        tree,
        fc.integer({ min: 1, max: 9 }),
        fc.constantFrom(undefined, 2),
        (value, size, spaces) => {
          expect(find(JSON.stringify(value, undefined, spaces), size)).toEqual(expected(value));
        },
      ),
      { numRuns: 500 },
    );
  });

  it('does not offer paths that cannot be written', () => {
    expect(find('{"a.b":[1],"a b":[1],"":[1],"ok":{"c":[1]}}')).toEqual({ '$.ok.c': [1] });
  });

  it.each(['{"a":[1,2', '{"a":{', '["x', '[1]]', '}', '{}{}'])('refuses %s', (text) => {
    let code: string | undefined;
    try {
      find(text);
    } catch (thrown) {
      code = codeOf(thrown);
    }
    expect(code).toBe('DRAFT_JSON_INVALID');
  });
});
