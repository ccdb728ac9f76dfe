import { keyJsonSql } from '../../schema/json-form.ts';
import type { DerivePlan, DeriveTable } from '../../transform/derive-plan.ts';
import type { RanLine } from '../../transform/typescript/run-lines.ts';
import type { Services } from '../capture/services.ts';
import type { Positions } from './derive-cursor.ts';
import { LookupIndex } from './lookup-index.ts';
import { askedName, rowName } from './typescript-lookups.ts';

/** Look-ups that are remembered; with more, a move of what is looked up has all records run. */
const LOOKUPS_MAX = 200_000;
/** With more rows than this that moved, running all records costs less than looking for those that looked them up. */
const MOVED_ROWS_MAX = 20_000;

/** Which records looked up which rows, for one vector of positions. */
export class RecordLookups {
  readonly #plan: DerivePlan;
  readonly #index = new LookupIndex(LOOKUPS_MAX);
  /** Inputs of which a row was looked up. */
  readonly #inputs = new Set<string>();

  constructor(plan: DerivePlan) {
    this.#plan = plan;
  }

  /** Where all that is known of the records that ran is which inputs they looked into. */
  static of(plan: DerivePlan, inputs: readonly string[]): RecordLookups {
    const lookups = new RecordLookups(plan);
    for (const input of inputs) lookups.#inputs.add(input);
    if (inputs.length > 0) lookups.#index.giveUp();
    return lookups;
  }

  /** Those of which a row was looked up. */
  get inputs(): readonly string[] {
    return [...this.#inputs].sort();
  }

  /** `names` gives the name of each row by the way it was asked for; one that could not be asked for has none, and never will be there. */
  note(table: DeriveTable, batch: readonly RanLine[], names: ReadonlyMap<string, string>): void {
    for (const { label, ran } of batch) {
      const { used } = ran;
      for (const { input } of used ?? this.#plan.tables.map(({ name }) => ({ input: name })))
        this.#inputs.add(input);
      const hasName = table.dataset.key !== 'none';
      if (!hasName && used?.length !== 0) this.#index.giveUp();
      else if (hasName) {
        const rows = used?.flatMap((asked) => names.get(askedName(asked)) ?? []);
        this.#index.set(rowName(table.name, label), rows);
      }
    }
  }

  /** Records that are run again, or are gone. */
  forget(table: DeriveTable, batch: readonly RanLine[]): void {
    for (const { label } of batch) this.#index.delete(rowName(table.name, label));
  }

  /** The keys, by input, of records that looked up a row that moved; undefined when they are not known. */
  async dependants(
    services: Services,
    moved: readonly DeriveTable[],
    from: Positions,
    to: Positions,
  ): Promise<ReadonlyMap<string, readonly string[]> | undefined> {
    const watched = moved.filter(({ name }) => this.#inputs.has(name));
    if (watched.length > 0 && !this.#index.complete) return undefined;
    const rows: string[] = [];
    for (const table of watched) {
      const { stream } = table;
      const keys = await movedKeys(services, table, from[stream] ?? 0, to[stream] ?? 0);
      if (keys.length > MOVED_ROWS_MAX) return undefined;
      rows.push(...keys.map((key) => rowName(table.name, key)));
    }
    const dependants = new Map<string, string[]>();
    for (const record of this.#index.recordsOf(rows)) {
      const space = record.indexOf(' ');
      const [input, key] = [record.slice(0, space), record.slice(space + 1)];
      const keys = dependants.get(input) ?? [];
      keys.push(key);
      dependants.set(input, keys);
    }
    return dependants;
  }
}

/** At most one more than MOVED_ROWS_MAX. */
async function movedKeys(
  { store, engine }: Services,
  { stream, dataset }: DeriveTable,
  from: number,
  to: number,
): Promise<string[]> {
  const records = await store.records(stream, dataset.name, from, to);
  try {
    const { rows } = await engine.run(
      `select distinct ${keyJsonSql(dataset)} from (${records.sql}) limit ${MOVED_ROWS_MAX + 1}`,
    );
    return rows.map(([key]) => String(key));
  } finally {
    records.release();
  }
}
