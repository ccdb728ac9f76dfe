/**
 * Looks for the fields that identify a row, over a whole file, in bounded memory.
 *
 * Proposing a key that is none would make rows replace each other, so only what has been seen to be unique in every record
 * is proposed, and a pair only where both fields look like what things are told apart by: a name, a code, a day.
 */
import type { Dataset } from '../field.ts';
import { HashSet, hashPair, hashText } from './hash-set.ts';
import type { InferredField } from './inferred-field.ts';

/** Entries of all sets together, at up to 16 bytes. Beyond it the least likely candidates are given up. */
export const KEY_ENTRIES_MAX = 8_000_000;
/** Pairs are looked for among the first columns only. */
const PAIR_COLUMNS_MAX = 8;
const KEY_TEXT_LENGTH_MAX = 128;

const WHOLE_ID_NAME = /^_?(?:id|key|code|uuid|guid)$/i;
const ID_SUFFIX = /(?:[_\-. ](?:id|key|code|uuid|guid|no|nr|number)|[a-z](?:Id|ID|Key|Code|UUID))$/;

/** True for names like `id`, `order_id`, `orderId`, `airport-code`. */
export function isIdName(name: string): boolean {
  return WHOLE_ID_NAME.test(name) || ID_SUFFIX.test(name) || ID_SUFFIX.test(name.toLowerCase());
}

interface Column {
  readonly name: string;
  readonly order: number;
  /** Records in which it had a value that can be part of a key. */
  filled: number;
  /** Of the current record. */
  hash: number;
  unique: boolean;
  /** All values, as long as the column is unique or part of a pair. */
  values: HashSet | undefined;
}

interface Pair {
  readonly first: Column;
  readonly second: Column;
  readonly values: HashSet;
}

export class KeyFinder {
  readonly #columns = new Map<string, Column>();
  #pairs: Pair[] = [];
  #rows = 0;
  #entriesLeft: number;

  constructor(entriesMax = KEY_ENTRIES_MAX) {
    this.#entriesLeft = entriesMax;
  }

  /** The record's top-level values as texts that are equal only for equal values; undefined where it can be no part of a key. */
  add(record: Iterable<readonly [name: string, text: string | undefined]>): void {
    this.#rows += 1;
    for (const [name, text] of record) {
      const column = this.#column(name);
      if (!column || column.filled !== this.#rows - 1) continue;
      if (text === undefined || text.length > KEY_TEXT_LENGTH_MAX) this.#giveUp(column);
      else this.#fill(column, hashText(text));
    }
    if (this.#rows === 1) this.#pairUp();
    if (this.#pairs.length > 0) this.#pairs = this.#pairs.filter((pair) => this.#isPairLeft(pair));
    if (this.#entriesLeft < 0) this.#saveEntries();
  }

  /** The best key among the fields, which are named as the columns; `row` when no other has been seen to hold. */
  choose(fields: readonly InferredField[]): Dataset['key'] {
    const single = this.#bestSingle(fields);
    if (single !== undefined) return [single];
    return this.#bestPair(fields) ?? 'row';
  }

  #bestSingle(fields: readonly InferredField[]): string | undefined {
    const unique = fields.filter(({ field }) => KEY_TYPES.has(field.type) && this.#isUnique(field.name));
    const named = unique.find(({ field }) => isIdName(field.name));
    if (named || this.#rows < 2) return named?.field.name;
    const told = unique.find(({ field }) => field.type === 'string' || field.name === fields[0]?.field.name);
    return told?.field.name;
  }

  #bestPair(fields: readonly InferredField[]): readonly string[] | undefined {
    const types = new Map(fields.map(({ field }) => [field.name, field.type]));
    const pair = this.#pairs.find(({ first, second }) =>
      [first, second].every((column) => this.#tellsApart(column, types.get(column.name))),
    );
    return pair && [pair.first.name, pair.second.name];
  }

  #isUnique(name: string): boolean {
    const column = this.#columns.get(name);
    return (
      column !== undefined && column.filled === this.#rows && column.unique && column.values !== undefined
    );
  }

  /** Days and ids do; other text when its values come again and again, as those of a category do. */
  #tellsApart(column: Column, type: string | undefined): boolean {
    if (column.filled !== this.#rows || type === undefined || !KEY_TYPES.has(type)) return false;
    if (type === 'date' || type === 'timestamp' || isIdName(column.name)) return true;
    return type === 'string' && (column.values?.size ?? this.#rows) * 2 <= this.#rows;
  }

  #column(name: string): Column | undefined {
    const known = this.#columns.get(name);
    if (known || this.#rows > 1) return known;
    const order = this.#columns.size;
    const column = { name, order, filled: 0, hash: 0, unique: true, values: new HashSet() };
    this.#columns.set(name, column);
    return column;
  }

  #fill(column: Column, hash: number): void {
    column.filled += 1;
    column.hash = hash;
    if (!column.values) return;
    if (column.values.add(hash)) this.#entriesLeft -= 1;
    else {
      column.unique = false;
      if (column.order >= PAIR_COLUMNS_MAX) this.#giveUp(column);
    }
  }

  #giveUp(column: Column): void {
    this.#entriesLeft += column.values?.size ?? 0;
    column.unique = false;
    column.values = undefined;
  }

  #pairUp(): void {
    const columns = [...this.#columns.values()]
      .filter((column) => column.filled === 1)
      .slice(0, PAIR_COLUMNS_MAX);
    for (const [i, first] of columns.entries()) {
      for (const second of columns.slice(i + 1)) this.#pairs.push({ first, second, values: new HashSet() });
    }
  }

  #isPairLeft(pair: Pair): boolean {
    const isFilled = pair.first.filled === this.#rows && pair.second.filled === this.#rows;
    if (isFilled && pair.values.add(hashPair(pair.first.hash, pair.second.hash))) {
      this.#entriesLeft -= 1;
      return true;
    }
    this.#entriesLeft += pair.values.size;
    return false;
  }

  /** Pairs go first, then the columns, those with the least likely names and from the right. */
  #saveEntries(): void {
    for (const pair of this.#pairs) this.#entriesLeft += pair.values.size;
    this.#pairs = [];
    const columns = [...this.#columns.values()].filter((column) => column.values !== undefined);
    columns.sort((a, b) => Number(isIdName(a.name)) - Number(isIdName(b.name)) || b.order - a.order);
    for (const column of columns) if (this.#entriesLeft < 0) this.#giveUp(column);
  }
}

/** What a row may be told apart by. Not doubles: equal ones are written in many ways. */
const KEY_TYPES: ReadonlySet<string> = new Set(['string', 'integer', 'date', 'time', 'timestamp']);
