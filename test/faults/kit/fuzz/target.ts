import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import { WharfError } from '../../../../src/base/errors.ts';

/** Something that reads what comes from outside, and what must be true of it for every input. */
export interface FuzzTarget {
  readonly name: string;
  /** Inputs that the long form tries; the short one tries a few of them. */
  readonly runs: number;
  /** The smallest input that was not read as it must be, and what was wrong; undefined when all were. */
  try(seed: number, runs: number): Promise<string | undefined>;
}

/** `holds` throws where an input is not read as it must be. */
export function fuzzTarget<T>(
  name: string,
  runs: number,
  input: fc.Arbitrary<T>,
  holds: (input: T) => void | Promise<void>,
): FuzzTarget {
  return {
    name,
    runs,
    async try(seed, numRuns) {
      const property = fc.asyncProperty(input, async (value) => void (await holds(value)));
      const result = await fc.check(property, { seed, numRuns });
      return result.failed ? `${name}: ${fc.defaultReportMessage(result)}` : undefined;
    },
  };
}

/** What a reader gives, or the error with a code that it gives instead; anything else that is thrown is passed on. */
export function outcomeOf<T>(read: () => T): { readonly value: T } | { readonly refused: WharfError } {
  try {
    return { value: read() };
  } catch (thrown) {
    return { refused: refusalOf(thrown) };
  }
}

export function refusalOf(thrown: unknown): WharfError {
  if (!(thrown instanceof WharfError)) throw thrown;
  assert.ok(thrown.message.length > 0, `${thrown.code} says nothing`);
  return thrown;
}

interface Damage {
  readonly at: number;
  readonly cut: number;
  readonly put: Uint8Array;
}

/** Bytes in which something was cut out or put in, a few times. */
export function damaged(
  original: fc.Arbitrary<Uint8Array>,
  snippets: readonly string[],
): fc.Arbitrary<Uint8Array> {
  const snippet = fc.constantFrom(...snippets).map((text) => new Uint8Array(Buffer.from(text)));
  const damage: fc.Arbitrary<Damage> = fc.record({
    at: share,
    cut: fc.nat(8),
    put: fc.oneof(snippet, fc.uint8Array({ maxLength: 4 })),
  });
  return fc
    .tuple(original, fc.array(damage, { maxLength: 4 }))
    .map(([bytes, damages]) => damages.reduce(withDamage, bytes));
}

function withDamage(bytes: Uint8Array, { at, cut, put }: Damage): Uint8Array {
  const start = Math.floor(at * bytes.length);
  return new Uint8Array(Buffer.concat([bytes.subarray(0, start), put, bytes.subarray(start + cut)]));
}

const share = fc.double({ min: 0, max: 1, noNaN: true });

/** Where to cut bytes into pieces, as shares of their length. */
export const cuts = fc.array(share, { maxLength: 6 });

/** The pieces; each is a copy, as a file gives them. */
export function piecesOf(bytes: Uint8Array, shares: readonly number[]): Uint8Array[] {
  const ends = [...shares.map((at) => Math.floor(at * bytes.length)).sort((a, b) => a - b), bytes.length];
  return ends.map((end, i) => bytes.slice(ends[i - 1] ?? 0, end));
}
