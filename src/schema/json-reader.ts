/** Reads JSON (RFC 8259) without losing anything: see `json-value.ts` for what it gives. */
import { WharfError } from '../base/errors.ts';
import './errors.ts';
import type { JsonObject, JsonValue } from './json-value.ts';

export type { JsonNumber, JsonObject, JsonValue } from './json-value.ts';
export { writeJson } from './json-value.ts';

/** How deep arrays and objects may be nested. */
export const JSON_DEPTH_MAX = 64;
/** Below this many members, a repeated name is looked for without a set. */
const SMALL_OBJECT_MEMBERS = 8;

const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?/y;
/** A string's text up to its end, an escape, or something that it must not hold. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what JSON refuses here
const PLAIN_TEXT = /[^"\\\u0000-\u001f]*/y;

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

export interface ReadJsonOptions {
  /** JSON_DEPTH_MAX when left out. */
  readonly depthMax?: number;
}

/** The value of a JSON text. Throws JSON_SYNTAX and JSON_TOO_DEEP, both with `details.offset`. */
export function readJson(text: string, options: ReadJsonOptions = {}): JsonValue {
  return new JsonReader(text, options.depthMax ?? JSON_DEPTH_MAX).document();
}

class JsonReader {
  readonly #text: string;
  readonly #depthMax: number;
  #at = 0;
  #depth = 0;

  constructor(text: string, depthMax: number) {
    this.#text = text;
    this.#depthMax = depthMax;
  }

  document(): JsonValue {
    const value = this.#value();
    if (this.#peek() !== '') throw this.#unexpected('the end of the text');
    return value;
  }

  #value(): JsonValue {
    switch (this.#peek()) {
      case '{':
        return this.#object();
      case '[':
        return this.#array();
      case '"':
        return this.#string();
      case 't':
        return this.#word('true', true);
      case 'f':
        return this.#word('false', false);
      case 'n':
        return this.#word('null', null);
      default:
        return this.#number();
    }
  }

  #object(): JsonObject {
    this.#open();
    const entries: (readonly [string, JsonValue])[] = [];
    let duplicates: Set<string> | undefined;
    const names = new Set<string>();
    if (!this.#take('}')) {
      do {
        if (this.#peek() !== '"') throw this.#unexpected('a member name in double quotes');
        const name = this.#string();
        if (isTaken(name, entries, names)) {
          duplicates ??= new Set();
          duplicates.add(name);
        }
        this.#expect(':');
        entries.push([name, this.#value()]);
      } while (this.#take(','));
      this.#expect('}', '"," or "}"');
    }
    this.#depth -= 1;
    return { entries, duplicates: duplicates ? [...duplicates] : [] };
  }

  #array(): readonly JsonValue[] {
    this.#open();
    const items: JsonValue[] = [];
    if (!this.#take(']')) {
      do items.push(this.#value());
      while (this.#take(','));
      this.#expect(']', '"," or "]"');
    }
    this.#depth -= 1;
    return items;
  }

  #open(): void {
    this.#depth += 1;
    if (this.#depth > this.#depthMax) {
      throw new WharfError('JSON_TOO_DEEP', `The JSON is nested more than ${this.#depthMax} deep.`, {
        details: { offset: this.#at },
      });
    }
    this.#at += 1;
  }

  #number(): JsonValue {
    NUMBER.lastIndex = this.#at;
    const literal = NUMBER.exec(this.#text)?.[0];
    if (literal === undefined) throw this.#unexpected('a value');
    this.#at += literal.length;
    return { number: literal };
  }

  #word<T>(word: string, value: T): T {
    if (!this.#text.startsWith(word, this.#at)) throw this.#unexpected('a value');
    this.#at += word.length;
    return value;
  }

  #string(): string {
    this.#at += 1;
    let text = this.#plain();
    while (this.#text[this.#at] !== '"') {
      if (this.#text[this.#at] !== '\\')
        throw this.#unexpected('a character of a string, or its closing quote');
      text += this.#escape() + this.#plain();
    }
    this.#at += 1;
    return text;
  }

  #plain(): string {
    PLAIN_TEXT.lastIndex = this.#at;
    const text = PLAIN_TEXT.exec(this.#text)?.[0] ?? '';
    this.#at += text.length;
    return text;
  }

  #escape(): string {
    const letter = this.#text[this.#at + 1] ?? '';
    const plain = ESCAPES[letter];
    if (plain !== undefined) {
      this.#at += 2;
      return plain;
    }
    const digits = this.#text.slice(this.#at + 2, this.#at + 6);
    if (letter !== 'u' || !/^[0-9a-fA-F]{4}$/.test(digits)) throw this.#unexpected('an escape of JSON');
    this.#at += 6;
    return String.fromCharCode(Number.parseInt(digits, 16));
  }

  /** The next character behind white space; empty at the end. */
  #peek(): string {
    for (;;) {
      const code = this.#text.charCodeAt(this.#at);
      if (code !== 32 && code !== 10 && code !== 13 && code !== 9) return this.#text[this.#at] ?? '';
      this.#at += 1;
    }
  }

  #take(character: string): boolean {
    if (this.#peek() !== character) return false;
    this.#at += 1;
    return true;
  }

  #expect(character: string, expected = `"${character}"`): void {
    if (!this.#take(character)) throw this.#unexpected(expected);
  }

  #unexpected(expected: string): WharfError {
    const received = this.#text[this.#at];
    const found = received === undefined ? 'the end of the text' : JSON.stringify(received);
    return new WharfError('JSON_SYNTAX', `Expected ${expected} at offset ${this.#at}, received ${found}.`, {
      details: { offset: this.#at },
    });
  }
}

function isTaken(
  name: string,
  entries: readonly (readonly [string, JsonValue])[],
  names: Set<string>,
): boolean {
  if (entries.length < SMALL_OBJECT_MEMBERS) return entries.some((entry) => entry[0] === name);
  if (names.size === 0) for (const entry of entries) names.add(entry[0]);
  if (names.has(name)) return true;
  names.add(name);
  return false;
}
