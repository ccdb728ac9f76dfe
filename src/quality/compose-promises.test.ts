import { describe, expect, it } from 'vitest';
import { meshOf } from '../spec/test-support/problems-in.ts';
import { composePromises } from './compose-promises.ts';
import { goldNeeds } from './gold-needs.ts';

/** A chain a <- b <- c, and d, which c reads too; each with further lines of its spec. */
function problems(lines: Readonly<Record<string, string>>, readByD: readonly string[] = []): string[] {
  const rest = (name: string) => (lines[name] ?? '').replace(/^every: .*$/m, '');
  const transform = (name: string) => {
    const every = /^every: .*$/m.exec(lines[name] ?? '')?.[0];
    return `transform:\n  sql: select 1\n${every === undefined ? '' : `  ${every}\n`}`;
  };
  const spec = (name: string, reads: readonly string[]) => `product: shop.${name}
version: 1.0.0
owner: shop
purpose: To promise.
key: [id]
fields: { id: string }
inputs: { ${reads.length === 0 ? 'source: { from: push }' : reads.map((read) => `${read}: shop.${read}@1`).join(', ')} }
${reads.length === 0 ? '' : transform(name)}${rest(name)}
`;
  const mesh = meshOf({
    'a.product.yaml': spec('a', []),
    'd.product.yaml': spec('d', readByD),
    'b.product.yaml': spec('b', ['a']),
    'c.product.yaml': spec('c', ['b', 'd']),
  });
  const products = new Map(mesh.products.map((product) => [product.id, product]));
  return mesh.products.flatMap((p) =>
    [...goldNeeds(p), ...composePromises(p, products)].map((d) => d.message),
  );
}

describe('what a product may promise', () => {
  it.each([
    ['nothing', {}, []],
    [
      'what its inputs allow for',
      { a: 'slo: { freshness: 1h }', d: 'slo: { freshness: 2h }', c: 'slo: { freshness: 2h }' },
      [],
    ],
    [
      'no more freshness than the oldest of its inputs, however far away',
      { a: 'slo: { freshness: 26h }', d: 'slo: { freshness: 2h }', c: 'slo: { freshness: 3h }' },
      [
        'shop.c promises a freshness of 3 h 00 min, and what it reads allows for 26 h 00 min at best (shop.c@1 <- shop.b@1 <- shop.a@1).',
      ],
    ],
    [
      'no more freshness than the schedules on its way leave, which add up',
      {
        a: 'slo: { freshness: 1h }',
        d: 'slo: { freshness: 1h }',
        b: 'every: 2h',
        c: 'every: "0 */3 * * *"\nslo: { freshness: 5h }',
      },
      [
        'shop.c promises a freshness of 5 h 00 min, and what it reads allows for 6 h 00 min at best (shop.c@1 <- shop.b@1 <- shop.a@1).',
      ],
    ],
    [
      'nothing that an input says nothing about',
      { a: 'slo: { freshness: 1h }', c: 'slo: { freshness: 3h }' },
      ['shop.c promises a freshness of 3 h 00 min, and shop.d@1 promises none (shop.c@1 <- shop.d@1).'],
    ],
    [
      'as much availability as all inputs have together',
      {
        a: 'slo: { availability: 99% }',
        d: 'slo: { availability: 99% }',
        c: 'slo: { availability: 98.01% }',
      },
      [],
    ],
    [
      'no more availability than that',
      { a: 'slo: { availability: 99% }', d: 'slo: { availability: 99.9% }', c: 'slo: { availability: 99% }' },
      [
        'shop.c promises an availability of 99%, and what it reads allows for 98.901% at best (shop.c@1 <- shop.b@1 <- shop.a@1).',
      ],
    ],
    [
      'no more completeness than its input',
      { a: 'slo: { completeness: 99% }', b: 'slo: { completeness: 99.5% }' },
      [
        'shop.b promises a completeness of 99.5%, and what it reads allows for 99% at best (shop.b@1 <- shop.a@1).',
      ],
    ],
    [
      'a higher tier behind a gate',
      { a: 'tier: bronze', b: 'tier: silver\ngate: true', c: 'tier: silver', d: 'tier: silver' },
      [],
    ],
    [
      'no higher tier without one',
      { a: 'tier: bronze', b: 'tier: silver' },
      [
        'shop.b is silver, and reads shop.a@1, which is bronze (shop.b@1 <- shop.a@1); nothing between them makes the difference.',
      ],
    ],
    [
      'no tier two steps higher',
      { a: 'tier: bronze', b: 'tier: gold\nslo: { freshness: 1h }\nchecks: [{ rows: { min: 1 } }]' },
      [
        'shop.b promises a freshness of 1 h 00 min, and shop.a@1 promises none (shop.b@1 <- shop.a@1).',
        'shop.b is gold, and reads shop.a@1, which is bronze (shop.b@1 <- shop.a@1); a gate lifts a tier by one step.',
      ],
    ],
    [
      'no gold without saying how many rows, and how recent',
      { a: 'tier: gold' },
      [
        'shop.a is gold, and nothing says what its volume must be.',
        'shop.a is gold, and nothing says what its freshness must be.',
      ],
    ],
    [
      'gold with checks on both',
      { a: 'tier: gold\nchecks: [{ volume: { window: 7d, change: 50% } }, { fresh: 1d }]' },
      [],
    ],
  ])('is %s', (_what, lines, expected) => {
    const all = { a: 'tier: bronze', b: 'tier: bronze', c: 'tier: bronze', d: 'tier: bronze' };
    const merged = Object.fromEntries(
      Object.entries(all).map(([name, tier]) => {
        const own = (lines as Record<string, string>)[name] ?? '';
        return [name, own.includes('tier:') ? own : `${tier}\n${own}`];
      }),
    );
    expect(problems(merged)).toEqual(expected);
  });

  it('counts a product once that is read on two ways', () => {
    const slo = (share: string) => `slo: { availability: ${share} }`;
    expect(problems({ a: slo('99%'), c: slo('99%') }, ['a'])).toEqual([]);
    expect(problems({ a: slo('99%'), d: slo('99%'), c: slo('99%') })).toEqual([
      'shop.c promises an availability of 99%, and what it reads allows for 98.01% at best (shop.c@1 <- shop.b@1 <- shop.a@1).',
    ]);
  });
});
