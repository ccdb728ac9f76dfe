import type { SqlAnswer, SqlColumn } from '../../kit/sql.ts';
import type { FieldDescription } from '../../protocols/postgres/backend-messages.ts';
import { skipRows } from '../../protocols/postgres/row-messages.ts';
import { pgTypeOf, typeModifier } from '../../schema/pg-type.ts';
import { PAGE_ROWS } from './sql-limits.ts';

/** A statement at work, and how far its rows have been taken. */
export class Portal {
  readonly fields: readonly FieldDescription[];
  readonly #answer: SqlAnswer;
  #page: SqlAnswer['page'];
  #at = 0;
  #taken = 0;

  constructor(answer: SqlAnswer, binary: readonly boolean[]) {
    this.#answer = answer;
    this.#page = answer.page;
    this.fields = fieldsOf(answer.columns, binary);
  }

  /** Rows taken so far. */
  get taken(): number {
    return this.#taken;
  }

  get positions(): SqlAnswer['positions'] {
    return this.#answer.positions;
  }

  /** Gives at most so many rows, 0 for all, to `send` as DataRow messages; true when there are none left. */
  async take(rowsMax: number, send: (bytes: Uint8Array) => Promise<void>): Promise<boolean> {
    let left = rowsMax === 0 ? Number.POSITIVE_INFINITY : rowsMax;
    for (;;) {
      this.#answer.check();
      const { bytes, rows: pageRows } = this.#page;
      const isWhole = this.#at === 0 && pageRows <= left;
      const { end, rows } = isWhole ? { end: bytes.length, rows: pageRows } : skipRows(bytes, this.#at, left);
      if (rows > 0) await send(bytes.subarray(this.#at, end));
      this.#at = end;
      this.#taken += rows;
      left -= rows;
      if (this.#at < bytes.length) return false;
      if (this.#page.done) return true;
      if (left === 0) return false;
      this.#page = await this.#answer.fetch(Math.min(left, PAGE_ROWS));
      this.#at = 0;
    }
  }

  close(): Promise<void> {
    return this.#answer.close();
  }
}

export function fieldsOf(columns: readonly SqlColumn[], binary: readonly boolean[]): FieldDescription[] {
  return columns.map(({ name, type }, i) => {
    const { oid, size } = pgTypeOf(type);
    return { name, oid, size, modifier: typeModifier(type), format: binary[i] ? 1 : 0 };
  });
}
