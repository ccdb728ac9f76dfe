import { describe, expect, it } from 'vitest';
import { problemsIn } from '../test-support/problems-in.ts';

describe('product cycle', () => {
  const product = (name: string, ...inputs: string[]) =>
    `product: m.${name}\nversion: 1.0.0\nowner: ops\npurpose: x\nkey: none\nfields: { x: string }\ninputs:\n${inputs
      .map((input, at) => `  i${at}: m.${input}@1\n`)
      .join('')}`;
  const mesh = (products: Record<string, string[]>) =>
    Object.fromEntries(
      Object.entries(products).map(([name, inputs]) => [`${name}.product.yaml`, product(name, ...inputs)]),
    );
  const circles = (products: Record<string, string[]>) =>
    problemsIn(mesh(products)).map((p) => p.replace(/^.*circle: /, '').replaceAll(/m\.|@1|\.$/g, ''));

  it('shows the whole path, without what only leads to it', () => {
    expect(circles({ a: ['b'], b: ['c'], c: ['d'], d: ['b'] })).toEqual(['b -> c -> d -> b']);
  });

  it('sees a product that reads itself', () => {
    expect(circles({ a: ['a'] })).toEqual(['a -> a']);
  });

  it('finds each of two circles', () => {
    expect(circles({ a: ['b', 'c'], b: ['a'], c: ['a'] }).sort()).toEqual(['a -> b -> a', 'a -> c -> a']);
  });

  it('does not mind two ways to the same product', () => {
    const diamond = { a: ['b', 'c'], b: ['d'], c: ['d'], d: ['e'], e: ['f'] };
    const source = product('f').replace('inputs:\n', '');
    expect(problemsIn({ ...mesh(diamond), 'f.product.yaml': source })).toEqual([]);
  });
});
