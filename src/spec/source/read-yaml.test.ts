import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import type { SpecNode } from './node.ts';
import { readYaml } from './read-yaml.ts';
import { SpecFile } from './spec-file.ts';

const read = (text: string) => readYaml(new SpecFile('x.yaml', text));

/** What the nodes mean, with numbers as text. */
function plain(node: SpecNode | undefined): unknown {
  if (node === undefined) return null;
  if (node.kind === 'list') return node.items.map(plain);
  if (node.kind === 'map') return Object.fromEntries(node.entries.map((e) => [e.key.text, plain(e.value)]));
  return node.type === 'null' ? null : node.type === 'text' ? node.text : `${node.type} ${node.text}`;
}

describe('reading YAML', () => {
  it('keeps numbers as they were written', () => {
    const { root } = read(
      'a: 9007199254740993\nb: 0.10\nc: "1"\nd: 0x1F\ne: yes\nf: ~\ng:\nh: True\ni: 1e3\n',
    );
    expect(plain(root)).toEqual({
      a: 'integer 9007199254740993',
      b: 'number 0.10',
      c: '1',
      d: 'integer 0x1F',
      e: 'yes',
      f: null,
      g: null,
      h: 'boolean true',
      i: 'number 1e3',
    });
  });

  it('says where everything stands', () => {
    const text = 'a: 1\nb:\n  - "x y"\n  - { c: decimal(12, 2), d: z }\n';
    const { root } = read(text);
    const found: string[] = [];
    const visit = (node: SpecNode) => {
      if (node.kind === 'scalar') found.push(text.slice(node.start, node.end));
      if (node.kind === 'list') node.items.forEach(visit);
      if (node.kind === 'map') for (const entry of node.entries) [entry.key, entry.value].forEach(visit);
    };
    if (root) visit(root);
    expect(found).toEqual(['a', '1', 'b', '"x y"', 'c', 'decimal(12, 2)', 'd', 'z']);
  });

  it('puts decimals together again only where nothing else can be meant', () => {
    expect(plain(read('{ t: decimal(12,2), u: decimal( 9 , 0 ) }').root)).toEqual({
      t: 'decimal(12,2)',
      u: 'decimal( 9 , 0 )',
    });
    expect(plain(read('{ t: decimal(12, 2): x }').root)).toEqual({ t: 'decimal(12', '2)': 'x' });
    expect(plain(read('{ t: other(12,2) }').root)).toEqual({ t: 'other(12', '2)': null });
  });

  it('reads whatever the package writes, as the package reads it', () => {
    const text = fc.string({ maxLength: 20 });
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { depthSize: 'small' },
        text,
        fc.constant(null),
        fc.array(tie('tree'), { maxLength: 3 }),
        fc.dictionary(text, tie('tree'), { maxKeys: 3 }),
      ),
    }));
    fc.assert(
      fc.property(tree, (value) => {
        const written = stringify(value, { aliasDuplicateObjects: false, lineWidth: 0 });
        fc.pre(!/^(["'])?<<\1:/m.test(written));
        expect(read(written).problems).toEqual([]);
        expect(plain(read(written).root)).toEqual(parse(written));
      }),
      { numRuns: 200 },
    );
  });

  it('never throws, and has a problem wherever there is no root', () => {
    const snippet = fc.constantFrom(
      'a',
      ': ',
      '\n',
      '  ',
      '- ',
      '{',
      '}',
      '[',
      ']',
      '"',
      "'",
      '|',
      '>',
      '&a',
      '*a',
      '!t',
      '#',
      '---',
      '...',
      '%',
      '\t',
      '?',
      ',',
      '\uFEFF',
      '\r',
    );
    fc.assert(
      fc.property(fc.array(snippet, { maxLength: 40 }), (parts) => {
        const { root, problems } = read(parts.join(''));
        if (root?.kind === 'map')
          expect(root.entries.every((entry) => entry.key.kind === 'scalar')).toBe(true);
        for (const { at } of problems) expect(at.start).toBeLessThan(Math.max(1, at.file.text.length + 1));
      }),
      { numRuns: 1_000 },
    );
  });
});
