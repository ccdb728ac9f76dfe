/** A set of 52-bit hashes in one typed array: 16 bytes an entry at most, where a Set would take 40 and more. */
const START_SLOTS = 1 << 10;

export class HashSet {
  #slots = new Float64Array(START_SLOTS);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** False when the hash was there already. */
  add(hash: number): boolean {
    if ((this.#size + 1) * 2 > this.#slots.length) this.#grow();
    if (!put(this.#slots, hash + 1)) return false;
    this.#size += 1;
    return true;
  }

  #grow(): void {
    const slots = new Float64Array(this.#slots.length * 2);
    for (const entry of this.#slots) if (entry !== 0) put(slots, entry);
    this.#slots = slots;
  }
}

/** Zero marks a free slot; the number of slots is a power of two, and at least half of them are free. */
function put(slots: Float64Array, entry: number): boolean {
  const mask = slots.length - 1;
  for (let at = entry & mask; ; at = (at + 1) & mask) {
    if (slots[at] === entry) return false;
    if (slots[at] === 0) {
      slots[at] = entry;
      return true;
    }
  }
}

const HIGH = 0x10_0000;

/** A 52-bit hash of a text: two mixed 32-bit sums. Not for secrets. */
export function hashText(text: string): number {
  let a = 0x9e37_79b9;
  let b = 0x85eb_ca6b;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    a = Math.imul(a ^ code, 0x2c1b_3c6d);
    b = Math.imul(b ^ code, 0x297a_2d39);
    a = (a << 13) | (a >>> 19);
  }
  return joined(a ^ text.length, b);
}

/** A hash of two hashes in order. */
export function hashPair(first: number, second: number): number {
  const a = Math.imul(low(first) ^ 0x9e37_79b9, 0x85eb_ca6b) ^ high(second);
  const b = Math.imul(low(second) ^ 0xc2b2_ae35, 0x27d4_eb2f) ^ high(first);
  return joined(a ^ (b >>> 15), b ^ (a >>> 13));
}

function joined(a: number, b: number): number {
  const mixedLow = Math.imul(a ^ (a >>> 16), 0x7feb_352d) ^ Math.imul(b ^ (b >>> 15), 0x846c_a68b);
  const mixedHigh = Math.imul(b ^ (b >>> 16), 0x7feb_352d) ^ Math.imul(a ^ (a >>> 13), 0x846c_a68b);
  return (
    ((mixedHigh ^ (mixedHigh >>> 16)) & (HIGH - 1)) * 0x1_0000_0000 + ((mixedLow ^ (mixedLow >>> 15)) >>> 0)
  );
}

function low(hash: number): number {
  return (hash % 0x1_0000_0000) | 0;
}

function high(hash: number): number {
  return (hash / 0x1_0000_0000) | 0;
}
