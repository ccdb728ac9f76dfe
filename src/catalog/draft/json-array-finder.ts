/**
 * Finds the arrays of a JSON document that may be its records, in one pass, without holding the document.
 *
 * Every array that is reached through objects alone is one, as `$` or `$.a.b`. Outside of such arrays only the nesting and
 * the member names are followed; what stands inside one is handed on item by item, as text.
 */
import { WharfError } from '../../base/errors.ts';
import '../errors.ts';

export const ITEM_LENGTH_MAX = 16 * 1024 * 1024;
const NESTING_MAX = 64;

/** What a path may be written with (see the `records` option of the file input); names with escapes are left out too. */
const SEGMENT = /^[^.[\]*\s\\]+$/;

const QUOTE = 34;
const BACKSLASH = 92;

/** Takes an item of the array at the path, as it was written. */
export type OnItem = (path: string, text: string) => void;

export class JsonArrayFinder {
  readonly #onItem: OnItem;
  /** The names of what is open; the document's own is empty. */
  #path: string[] = [];
  #objects = 0;
  #documents = 0;
  #name = '';
  #namesAreDue = false;
  #inString = false;
  #isEscaped = false;
  /** How deep within the item of an array; undefined outside of arrays. */
  #nested: number | undefined;
  #item = '';
  #offset = 0;

  constructor(onItem: OnItem) {
    this.#onItem = onItem;
  }

  feed(text: string): void {
    let from = 0;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (this.#inString) {
        if (this.#isEscaped) this.#isEscaped = false;
        else if (code === BACKSLASH) this.#isEscaped = true;
        else if (code === QUOTE) {
          this.#inString = false;
          if (this.#isNaming()) this.#name += text.slice(from, i);
        }
      } else if (code === QUOTE) {
        this.#inString = true;
        if (this.#isNaming()) [this.#name, from] = ['', i + 1];
      } else if (this.#nested === undefined) {
        if (this.#outside(text[i] ?? '', this.#offset + i)) from = i + 1;
      } else if (this.#inside(text[i] ?? '')) {
        this.#take(text.slice(from, i), text[i] === ']');
        from = i + 1;
      }
    }
    this.#keep(text, from);
    this.#offset += text.length;
  }

  /** Throws DRAFT_JSON_INVALID when the document is not complete. */
  end(): void {
    if (this.#objects > 0 || this.#nested !== undefined || this.#inString) {
      throw new WharfError(
        'DRAFT_JSON_INVALID',
        `The JSON ends at character ${this.#offset} before it is complete.`,
        {
          hint: 'Was the file cut off? Fetch it again.',
        },
      );
    }
  }

  #isNaming(): boolean {
    return this.#nested === undefined && this.#namesAreDue;
  }

  /** What goes on in the next piece: an item, or a name. */
  #keep(text: string, from: number): void {
    if (this.#nested !== undefined) this.#item += text.slice(from);
    else if (this.#inString && this.#namesAreDue) this.#name += text.slice(from);
    if (this.#item.length + this.#name.length > ITEM_LENGTH_MAX) {
      throw new WharfError(
        'DRAFT_TOO_LARGE',
        `An item of ${this.#pathText()} is longer than ${ITEM_LENGTH_MAX} characters.`,
      );
    }
  }

  /** Follows objects; true when an array begins. */
  #outside(character: string, offset: number): boolean {
    switch (character) {
      case '{':
        this.#open(offset);
        return false;
      case '}':
        this.#close(offset);
        return false;
      case '[':
        this.#enter(offset);
        this.#nested = 0;
        return true;
      case ',':
        this.#namesAreDue = this.#objects > 0;
        return false;
      case ':':
        this.#namesAreDue = false;
        return false;
      case ']':
        throw unexpected(character, offset);
      default:
        return false;
    }
  }

  #open(offset: number): void {
    this.#enter(offset);
    this.#objects += 1;
    this.#namesAreDue = true;
    if (this.#objects > NESTING_MAX) {
      throw new WharfError(
        'DRAFT_JSON_INVALID',
        `The JSON is nested more than ${NESTING_MAX} deep at character ${offset}.`,
      );
    }
  }

  #enter(offset: number): void {
    if (this.#path.length === 0) this.#documents += 1;
    if (this.#documents > 1) {
      throw new WharfError('DRAFT_JSON_INVALID', `A second JSON document begins at character ${offset}.`, {
        hint: 'Documents one after another must stand one a line, in a file named .ndjson.',
      });
    }
    this.#path.push(this.#path.length === 0 ? '' : this.#name);
  }

  #close(offset: number): void {
    if (this.#objects === 0) throw unexpected('}', offset);
    this.#objects -= 1;
    this.#path.pop();
    this.#namesAreDue = false;
  }

  /** True when an item ends. */
  #inside(character: string): boolean {
    const nested = this.#nested ?? 0;
    if (character === '{' || character === '[') this.#nested = nested + 1;
    else if (nested > 0 && (character === '}' || character === ']')) this.#nested = nested - 1;
    return nested === 0 && (character === ',' || character === ']');
  }

  #take(text: string, isLast: boolean): void {
    const item = (this.#item + text).trim();
    this.#item = '';
    if (item !== '' && this.#path.every((name, i) => i === 0 || SEGMENT.test(name)))
      this.#onItem(this.#pathText(), item);
    if (!isLast) return;
    this.#nested = undefined;
    this.#path.pop();
  }

  /** The first name is that of the document, which has none. */
  #pathText(): string {
    return ['$', ...this.#path.slice(1)].join('.');
  }
}

function unexpected(character: string, offset: number): WharfError {
  return new WharfError(
    'DRAFT_JSON_INVALID',
    `Unexpected "${character}" at character ${offset} of the JSON.`,
  );
}
