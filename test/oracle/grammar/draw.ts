import { integerBetween, oneOf, type Random, seededRandom } from '../../../src/base/random.ts';

/** Choices of one case; the same seed makes the same ones. */
export class Draw {
  readonly #random: Random;
  #names = 0;

  constructor(seed: number) {
    this.#random = seededRandom(seed);
  }

  chance(share: number): boolean {
    return this.#random.next() < share;
  }

  between(from: number, to: number): number {
    return integerBetween(this.#random, from, to);
  }

  one<T>(values: readonly T[]): T {
    return oneOf(this.#random, values);
  }

  /** So many different ones of the values, in their order; all when there are fewer. */
  some<T>(values: readonly T[], count: number): readonly T[] {
    const left = values.map((_, i) => i);
    while (left.length > count) left.splice(this.between(0, left.length - 1), 1);
    return left.map((i) => values[i] as T);
  }

  times<T>(from: number, to: number, make: () => T): T[] {
    return Array.from({ length: this.between(from, to) }, make);
  }

  /** A name that nothing else in the case has. */
  name(prefix: string): string {
    this.#names += 1;
    return `${prefix}${this.#names}`;
  }
}
