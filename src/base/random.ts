import { randomBytes } from 'node:crypto';

/** A source of numbers in [0, 1). */
export interface Random {
  next(): number;
}

/** A small deterministic generator (mulberry32): the same seed gives the same run. Not for secrets. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return {
    next() {
      state = (state + 0x6d2b79f5) >>> 0;
      let t = state;
      t = Math.imul(t ^ (t >>> 15), t | 1);
      t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
      return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
    },
  };
}

/** An integer in [from, to], both included. */
export function integerBetween(random: Random, from: number, to: number): number {
  return from + Math.floor(random.next() * (to - from + 1));
}

/** One of the given values; the list must not be empty. */
export function oneOf<T>(random: Random, values: readonly T[]): T {
  return values[Math.floor(random.next() * values.length)] as T;
}

/** Not repeatable, as in service. */
export const systemRandom: Random = { next: () => Math.random() };

/** An unguessable lower-case hexadecimal name of `bytes` random bytes. */
export function randomName(bytes = 8): string {
  return randomBytes(bytes).toString('hex');
}
