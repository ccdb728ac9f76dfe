/** Which records looked up which rows, so that a change of a row is a change of what they give. */

export class LookupIndex {
  readonly #entriesMax: number;
  readonly #byRecord = new Map<string, readonly string[]>();
  readonly #byRow = new Map<string, Set<string>>();
  #entries = 0;
  #complete = true;

  /** With more entries it gives up, and is never complete again. */
  constructor(entriesMax: number) {
    this.#entriesMax = entriesMax;
  }

  /** False when some record may depend on rows that are not told here. */
  get complete(): boolean {
    return this.#complete;
  }

  /** The record's look-ups, in the place of those before; undefined when nobody knows them. */
  set(record: string, rows: readonly string[] | undefined): void {
    this.delete(record);
    if (!rows || this.#entries + rows.length > this.#entriesMax) this.giveUp();
    if (!this.#complete || !rows || rows.length === 0) return;
    this.#byRecord.set(record, rows);
    this.#entries += rows.length;
    for (const row of rows) this.#byRow.set(row, (this.#byRow.get(row) ?? new Set()).add(record));
  }

  delete(record: string): void {
    const rows = this.#byRecord.get(record) ?? [];
    this.#byRecord.delete(record);
    this.#entries -= rows.length;
    for (const row of rows) {
      const records = this.#byRow.get(row);
      records?.delete(record);
      if (records?.size === 0) this.#byRow.delete(row);
    }
  }

  /** The records that looked up any of the rows. */
  recordsOf(rows: Iterable<string>): ReadonlySet<string> {
    const records = new Set<string>();
    for (const row of rows) for (const record of this.#byRow.get(row) ?? []) records.add(record);
    return records;
  }

  giveUp(): void {
    this.#complete = false;
    this.#byRecord.clear();
    this.#byRow.clear();
    this.#entries = 0;
  }
}
