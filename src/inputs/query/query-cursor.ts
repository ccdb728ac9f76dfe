import { createHash } from 'node:crypto';
import { WharfError } from '../../base/errors.ts';
import './errors.ts';

export interface QueryCursor {
  /** When it was last asked to the end, in milliseconds since 1970. */
  readonly askedMs?: number;
  /** How far news were read. */
  readonly last?: { readonly value: string; readonly seen: readonly string[] };
}

/** Rows with one value of the growing column; with more of them, its values are too coarse to go by. */
export const SAME_VALUE_MAX = 10_000;
const SUM_CHARACTERS = 16;

/** The last value of the growing column, and which rows have it. */
export class Reached {
  #value: string | undefined;
  #seen: Set<string>;

  constructor(last: QueryCursor['last']) {
    this.#value = last?.value;
    this.#seen = new Set(last?.seen);
  }

  get last(): Pick<QueryCursor, 'last'> {
    return this.#value === undefined ? {} : { last: { value: this.#value, seen: [...this.#seen] } };
  }

  /** False for a row that came before. Throws QUERY_OPTIONS_INVALID when too many rows have one value. */
  take(value: string, line: string): boolean {
    const sum = createHash('sha256').update(line).digest('base64').slice(0, SUM_CHARACTERS);
    if (value !== this.#value) {
      this.#value = value;
      this.#seen = new Set();
    }
    if (this.#seen.has(sum)) return false;
    this.#seen.add(sum);
    if (this.#seen.size <= SAME_VALUE_MAX) return true;
    throw new WharfError(
      'QUERY_OPTIONS_INVALID',
      `More than ${SAME_VALUE_MAX} rows have the value "${value}" of the column that "by" names.`,
      { hint: 'Name a column whose values tell changes apart, or read the answer as a whole.' },
    );
  }
}
