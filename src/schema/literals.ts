/**
 * Where the values of a flat document stand in its text. Most documents need not be read to be given on: their text, or parts of it, is what is
 * wanted already. What cannot be told from the text alone (escapes, nested values, numbers in an odd form) is left to whoever reads JSON.
 */
import type { Field } from './field.ts';
import { doubleText } from './number-text.ts';

const QUOTE = 34;
const BACKSLASH = 92;
const MINUS = 45;
const ZERO = 48;
const NINE = 57;
/** Digits that a 64-bit integer has in any case. */
const INTEGER_DIGITS_MAX = 18;
const FRACTION = /-?(?:0|[1-9][0-9]*)\.[0-9]+/y;

type Kind = 'integer' | 'fraction' | 'text' | 'boolean';

const KINDS: Readonly<Partial<Record<Field['type'], Kind>>> = {
  integer: 'integer',
  number: 'fraction',
  string: 'text',
  date: 'text',
  time: 'text',
  timestamp: 'text',
  bytes: 'text',
  boolean: 'boolean',
};

interface Column {
  readonly index: number;
  readonly kind: Kind;
  /** `"name":` */
  readonly member: string;
}

/** Finds the literals of documents with these fields. One document at a time: the next one takes its place. */
export class Literals {
  readonly #columns: readonly Column[];
  readonly #byName: ReadonlyMap<string, Column>;
  /** By index of the field; 0 where the document has no such member. */
  readonly #starts: Int32Array;
  readonly #ends: Int32Array;
  #text = '';

  private constructor(fields: readonly Field[], columns: readonly Column[]) {
    this.#columns = columns;
    this.#byName = new Map(fields.map((field, i) => [field.name, columns[i] as Column]));
    this.#starts = new Int32Array(fields.length);
    this.#ends = new Int32Array(fields.length);
  }

  /** Undefined for fields whose values must be read: nested ones, decimals, JSON. */
  static of(fields: readonly Field[]): Literals | undefined {
    const columns = fields.flatMap(({ name, type }, index) => {
      const kind = KINDS[type];
      return kind ? [{ index, kind, member: `${JSON.stringify(name)}:` }] : [];
    });
    return columns.length === fields.length ? new Literals(fields, columns) : undefined;
  }

  /**
   * `all` when the text is, from end to end, the fields' literals in their order; `some` when they stand in another way; undefined when the
   * document has to be read.
   */
  find(text: string): 'all' | 'some' | undefined {
    this.#text = text;
    this.#starts.fill(0);
    let at = 1;
    let inOrder = true;
    for (let count = 0; ; count++) {
      const column = this.#columnAt(at, count);
      if (!column || this.#starts[column.index] !== 0) return undefined;
      const start = at + column.member.length;
      const end = this.#endOf(column.kind, start);
      if (end < 0) return undefined;
      this.#starts[column.index] = start;
      this.#ends[column.index] = end;
      inOrder &&= column.index === count;
      at = end + 1;
      if (text[end] === ',') continue;
      if (text[end] !== '}' || at !== text.length) return undefined;
      return inOrder && count + 1 === this.#columns.length ? 'all' : 'some';
    }
  }

  /** The literal of a field in the document that was found last: `null` where it has none. */
  literal(index: number): string {
    const start = this.#starts[index] ?? 0;
    return start === 0 ? 'null' : this.#text.slice(start, this.#ends[index]);
  }

  /** Most documents have their members in the fields' order. */
  #columnAt(at: number, count: number): Column | undefined {
    const expected = this.#columns[count];
    if (expected && this.#text.startsWith(expected.member, at)) return expected;
    if (this.#text.charCodeAt(at) !== QUOTE) return undefined;
    const end = this.#endOfText(at);
    const column = end < 0 ? undefined : this.#byName.get(this.#text.slice(at + 1, end - 1));
    return column && this.#text.startsWith(column.member, at) ? column : undefined;
  }

  /** Where the literal ends; -1 for one that must be read. */
  #endOf(kind: Kind, start: number): number {
    const text = this.#text;
    if (text.startsWith('null', start)) return start + 4;
    if (kind === 'text') return text.charCodeAt(start) === QUOTE ? this.#endOfText(start) : -1;
    if (kind === 'integer') return this.#endOfInteger(start);
    if (kind === 'fraction') return this.#endOfFraction(start);
    if (text.startsWith('true', start)) return start + 4;
    return text.startsWith('false', start) ? start + 5 : -1;
  }

  #endOfText(start: number): number {
    const text = this.#text;
    for (let at = start + 1; ; at++) {
      const code = text.charCodeAt(at);
      if (code === QUOTE) return at + 1;
      if (code === BACKSLASH || at >= text.length) return -1;
    }
  }

  #endOfInteger(start: number): number {
    const text = this.#text;
    const first = text.charCodeAt(start) === MINUS ? start + 1 : start;
    let at = first;
    while (text.charCodeAt(at) >= ZERO && text.charCodeAt(at) <= NINE) at += 1;
    const digits = at - first;
    const isZero = digits === 1 && first === start;
    const isPlain = digits > 0 && digits <= INTEGER_DIGITS_MAX && text.charCodeAt(first) !== ZERO;
    return isPlain || (isZero && text.charCodeAt(first) === ZERO) ? at : -1;
  }

  /** Of a number that the engine writes in the same way: with a point, without an exponent, as short as it can be. */
  #endOfFraction(start: number): number {
    FRACTION.lastIndex = start;
    const literal = FRACTION.exec(this.#text)?.[0];
    if (literal === undefined) return -1;
    const number = Number(literal);
    const shortest = Number.isInteger(number) ? `${number}.0` : String(number);
    return shortest === literal ? start + literal.length : -1;
  }
}

/** The text form of a literal that was found as it stands; null for null. */
export function literalValue(field: Field, literal: string): string | null {
  if (literal === 'null') return null;
  if (field.type === 'number') return doubleText(literal) ?? literal;
  return KINDS[field.type] === 'text' ? literal.slice(1, -1) : literal;
}
