/**
 * From data to fields: the narrowest fields that take in every record that was seen.
 *
 * Fed record by record, in bounded memory, so that it can look at a whole file and not at a sample: what is inferred then
 * captures that very file without a reject.
 */
import type { Dataset } from '../field.ts';
import { isJsonNumber, type JsonObject, type JsonValue } from '../json-value.ts';
import { CellProfile } from './cell-profile.ts';
import type { InferredField } from './inferred-field.ts';
import { KeyFinder } from './key-finder.ts';
import { MembersProfile, PROFILES_MAX } from './value-profile.ts';

export type { InferredField } from './inferred-field.ts';

export interface InferredDataset {
  readonly rows: number;
  /** In the order in which their names first came. */
  readonly fields: readonly InferredField[];
  /** Named as in the source; `row` when no field or pair of fields is unique. */
  readonly key: Dataset['key'];
}

/** Records as JSON objects, members in any order. */
export class DocumentsProfile {
  readonly #members = new MembersProfile({ left: PROFILES_MAX }, 0);
  readonly #key = new KeyFinder();

  add(record: JsonObject): void {
    this.#members.add(record);
    this.#key.add(keyTexts(record));
  }

  get rows(): number {
    return this.#members.count;
  }

  /** False when there are too many different members for a table: see PROFILES_MAX. */
  isTable(): boolean {
    return this.#members.isRecord();
  }

  result(): InferredDataset {
    const fields = this.#members.inferred();
    return { rows: this.rows, fields, key: this.keyAmong(fields) };
  }

  /** The key that the records allow, among fields whose types are known from elsewhere. */
  keyAmong(fields: readonly InferredField[]): Dataset['key'] {
    return this.#key.choose(fields);
  }
}

/** Records of delimited text. */
export class CellsProfile {
  readonly #columns: readonly string[];
  readonly #profiles: readonly CellProfile[];
  readonly #key = new KeyFinder();
  #rows = 0;

  constructor(columns: readonly string[]) {
    this.#columns = columns;
    this.#profiles = columns.map(() => new CellProfile());
  }

  /** A row with another number of cells than there are columns is a reject whatever the fields are, and is passed over. */
  add(cells: readonly string[]): void {
    if (cells.length !== this.#columns.length) return;
    this.#rows += 1;
    for (const [i, profile] of this.#profiles.entries()) profile.add(cells[i] ?? '');
    this.#key.add(this.#columns.map((name, i) => [name, cells[i] === '' ? undefined : cells[i]] as const));
  }

  get rows(): number {
    return this.#rows;
  }

  result(): InferredDataset {
    const fields = this.#profiles.map((profile, i) => profile.conclude(this.#columns[i] ?? ''));
    return { rows: this.#rows, fields, key: this.#key.choose(fields) };
  }
}

/** The fields of records that are at hand. */
export function inferDataset(records: Iterable<JsonObject>): InferredDataset {
  const profile = new DocumentsProfile();
  for (const record of records) profile.add(record);
  return profile.result();
}

function* keyTexts(record: JsonObject): Generator<readonly [string, string | undefined]> {
  for (const [name, value] of record.entries) yield [name, keyText(value)];
}

const WHOLE_LITERAL = /^-?[0-9]+$/;

function keyText(value: JsonValue): string | undefined {
  if (typeof value === 'string') return value;
  if (value !== null && isJsonNumber(value) && WHOLE_LITERAL.test(value.number)) return value.number;
  return undefined;
}
