import type { Field } from '../field.ts';
import {
  DECIMAL_DIGITS_MAX,
  digitCounts,
  doubleText,
  integerText,
  isZero,
  parseNumber,
} from '../number-text.ts';

export type TypePart = Pick<Field, 'type' | 'precision' | 'scale' | 'zone'>;

/** A literal that says "whole number" by the way it is written: no point, no exponent, no sign on zero. */
const WHOLE_LITERAL = /^-?[0-9]+$/;
/** Whole literals of at most this many characters fit 64 bits and need no closer look. */
const SHORT_LITERAL = 15;

/** What number literals have in common, in constant memory. */
export class NumberProfile {
  #count = 0;
  #allWhole = true;
  #all64Bits = true;
  #allDoubles = true;
  #digitsBefore = 1;
  #digitsAfter = 0;

  get count(): number {
    return this.#count;
  }

  /** The literal of a JSON number, or a cell that reads like one. */
  add(literal: string): void {
    this.#count += 1;
    if (literal.length <= SHORT_LITERAL && WHOLE_LITERAL.test(literal) && literal !== '-0') {
      this.#digitsBefore = Math.max(this.#digitsBefore, literal.length);
      return;
    }
    const value = parseNumber(literal);
    if (!value) throw new Error(`Invariant broken: "${literal}" is the literal of a number`);
    if (!WHOLE_LITERAL.test(literal) || (isZero(value) && value.negative)) this.#allWhole = false;
    if (this.#all64Bits && integerText(value) === undefined) this.#all64Bits = false;
    if (this.#allDoubles && doubleText(literal) === undefined) this.#allDoubles = false;
    const { before, after } = digitCounts(value);
    this.#digitsBefore = Math.max(this.#digitsBefore, before);
    this.#digitsAfter = Math.max(this.#digitsAfter, after);
  }

  /** The narrowest type that holds every number exactly; undefined when none does. */
  type(): TypePart | undefined {
    if (this.#allWhole && this.#all64Bits) return { type: 'integer' };
    const fitsDecimal = this.#digitsBefore + this.#digitsAfter <= DECIMAL_DIGITS_MAX;
    const asDecimal: TypePart = { type: 'decimal', precision: DECIMAL_DIGITS_MAX, scale: this.#digitsAfter };
    if (this.#allWhole) return fitsDecimal ? asDecimal : undefined;
    if (this.#allDoubles) return { type: 'number' };
    return fitsDecimal ? asDecimal : undefined;
  }
}
