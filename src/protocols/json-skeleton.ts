/**
 * Follows the part of a JSON document that leads to its records: the objects on the path, and the array itself.
 *
 *   step(i) reads the byte at i where no value is open: white space, brackets of the skeleton, names, colons, commas.
 *   It answers the next index, or that a value starts at i: an `item` to hand out, or one to `skip`.
 *
 * Without a path the document may also be one record, or several side by side (which is what NDJSON looks like).
 */

import { WharfError } from '../base/errors.ts';
import { didYouMean } from '../base/suggest.ts';
import { TextPlace } from './text-place.ts';
import './record-errors.ts';

const QUOTE = 34;
const COMMA = 44;
const COLON = 58;
const OPEN_ARRAY = 91;
const BACKSLASH = 92;
const CLOSE_ARRAY = 93;
const OPEN_OBJECT = 123;
const CLOSE_OBJECT = 125;
const SPACE = 32;

/** A name in the skeleton that is longer is not one that a path can give. */
const NAME_BYTES_MAX = 64 * 1024;
const NAMES_REMEMBERED_MAX = 100;

/** What may come next; each text completes "expected ...". */
type Expect =
  | 'a value'
  | 'a name or "}"'
  | 'a name'
  | 'the rest of a name'
  | '":"'
  | '"," or "}"'
  | 'an item or "]"'
  | 'an item'
  | '"," or "]"'
  | 'the end of the document';

export class JsonSkeleton {
  readonly #file: string;
  readonly #path: readonly string[];
  readonly #place = new TextPlace();
  readonly #names: string[] = [];
  #expect: Expect = 'a value';
  /** Objects of the skeleton that are open. */
  #depth = 0;
  #inRecords = false;
  #found = false;
  #several = false;
  #onPath = true;
  #name: number[] = [];
  #escaped = false;
  /** The chunk at hand; set before its first step. */
  chunk: Uint8Array = new Uint8Array(0);

  constructor(options: { readonly file: string; readonly path: readonly string[] }) {
    this.#file = options.file;
    this.#path = options.path;
  }

  step(i: number): number | 'item' | 'skip' {
    const byte = this.chunk[i] ?? 0;
    if (this.#expect === 'the rest of a name') return this.#readName(byte, i);
    if (byte === SPACE || (byte >= 9 && byte <= 13 && byte !== 11 && byte !== 12)) return i + 1;
    switch (this.#expect) {
      case 'a value':
        return this.#value(byte, i);
      case 'a name or "}"':
        if (byte === CLOSE_OBJECT) return this.#closeObject(i);
        return this.#openName(byte, i);
      case 'a name':
        return this.#openName(byte, i);
      case '":"':
        if (byte !== COLON) this.#unexpected(i);
        this.#expect = 'a value';
        return i + 1;
      case '"," or "}"':
        if (byte === CLOSE_OBJECT) return this.#closeObject(i);
        if (byte !== COMMA) this.#unexpected(i);
        this.#expect = 'a name';
        return i + 1;
      case '"," or "]"':
        if (byte === CLOSE_ARRAY) return this.#closeRecords(i);
        if (byte !== COMMA) this.#unexpected(i);
        this.#expect = 'an item';
        return i + 1;
      case 'an item or "]"':
        if (byte === CLOSE_ARRAY) return this.#closeRecords(i);
        return this.#item(byte, i);
      case 'an item':
        return this.#item(byte, i);
      case 'the end of the document':
        if (!this.#several || byte !== OPEN_OBJECT) this.#unexpected(i);
        return this.#item(byte, i);
    }
  }

  /** The value that `step` announced has ended. */
  valueEnded(): void {
    if (this.#inRecords) this.#expect = '"," or "]"';
    else this.#expect = this.#depth > 0 ? '"," or "}"' : 'the end of the document';
  }

  passChunk(): void {
    this.#place.pass(this.chunk);
    this.chunk = new Uint8Array(0);
  }

  /** Throws unless the document is complete and its records were found. */
  end(): void {
    if (this.#expect !== 'the end of the document') {
      this.fail('JSON_DOCUMENT_UNFINISHED', 0, `ends where ${this.#expect} was expected`);
    }
    if (!this.#found) this.#missing();
  }

  /** Throws for the byte `index` of the chunk at hand; `what` follows the file's name in the sentence. */
  fail(
    code: 'JSON_DOCUMENT_BROKEN' | 'JSON_DOCUMENT_UNFINISHED' | 'RECORD_TOO_LONG',
    index: number,
    what: string,
  ): never {
    const { line, column } = this.#place.at(this.chunk, index);
    throw new WharfError(code, `"${this.#file}" ${what}, in line ${line}, column ${column}.`, {
      hint:
        code === 'JSON_DOCUMENT_UNFINISHED'
          ? 'Write the file under another name and rename it when it is complete.'
          : 'Correct the document at this place; nothing behind it was read.',
      place: { file: this.#file, line, column },
    });
  }

  #value(byte: number, i: number): number | 'item' | 'skip' {
    if (!this.#onPath) return this.#beginsValue(byte, i, 'skip');
    const isRecords = this.#depth === this.#path.length;
    if (isRecords && byte === OPEN_ARRAY) {
      this.#found = true;
      this.#inRecords = true;
      this.#expect = 'an item or "]"';
      return i + 1;
    }
    if (isRecords && this.#path.length === 0) {
      this.#found = true;
      this.#several = true;
      return this.#beginsValue(byte, i, 'item');
    }
    if (!isRecords && byte === OPEN_OBJECT) {
      this.#depth += 1;
      this.#expect = 'a name or "}"';
      return i + 1;
    }
    return this.#beginsValue(byte, i, 'skip');
  }

  #item(byte: number, i: number): 'item' {
    this.#beginsValue(byte, i, 'item');
    return 'item';
  }

  #beginsValue<T>(byte: number, i: number, kind: T): T {
    if (byte === COMMA || byte === COLON || byte === CLOSE_ARRAY || byte === CLOSE_OBJECT)
      this.#unexpected(i);
    return kind;
  }

  #openName(byte: number, i: number): number {
    if (byte !== QUOTE) this.#unexpected(i);
    this.#name = [QUOTE];
    this.#expect = 'the rest of a name';
    return i + 1;
  }

  #readName(byte: number, i: number): number {
    this.#name.push(byte);
    if (this.#name.length > NAME_BYTES_MAX) this.fail('JSON_DOCUMENT_BROKEN', i, 'has a name without an end');
    if (this.#escaped) this.#escaped = false;
    else if (byte === BACKSLASH) this.#escaped = true;
    else if (byte === QUOTE) {
      this.#expect = '":"';
      this.#nameEnded(i);
    }
    return i + 1;
  }

  #nameEnded(i: number): void {
    let name: unknown;
    try {
      name = JSON.parse(Buffer.from(this.#name).toString());
    } catch {
      this.fail('JSON_DOCUMENT_BROKEN', i, 'has a name that is not a JSON string');
    }
    this.#onPath = name === this.#path[this.#depth - 1];
    if (this.#onPath && this.#found) {
      this.fail('JSON_DOCUMENT_BROKEN', i, `has "${String(name)}" on the way to its records twice`);
    }
    if (this.#names.length < NAMES_REMEMBERED_MAX) this.#names.push(String(name));
  }

  #closeObject(i: number): number {
    this.#depth -= 1;
    // Whatever else follows in the objects around is beside the path until their next name says otherwise.
    this.valueEnded();
    return i + 1;
  }

  #closeRecords(i: number): number {
    this.#inRecords = false;
    this.valueEnded();
    return i + 1;
  }

  #unexpected(i: number): never {
    const text = Buffer.from(this.chunk.subarray(i, i + 12)).toString();
    this.fail('JSON_DOCUMENT_BROKEN', i, `has ${JSON.stringify(text)} where ${this.#expect} was expected`);
  }

  #missing(): never {
    const path = ['$', ...this.#path].join('.');
    const hint = didYouMean(
      this.#path.at(-1) ?? '',
      this.#names.filter((name) => !this.#path.includes(name)),
    );
    throw new WharfError('JSON_RECORDS_MISSING', `"${this.#file}" has no array at "${path}".`, {
      hint: hint || 'Name the array of records with the option "records", for example: records: $.features',
      place: { file: this.#file, line: 1, column: 1 },
    });
  }
}
