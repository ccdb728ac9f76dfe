/**
 * Which changes a copy has seen already. Each range of the key was copied in one snapshot, and a transaction that this snapshot saw is
 * in the range's rows; every other one came after them.
 *
 * Mostly one snapshot copied all, or all snapshots agree on a transaction. Where they do not, the server is asked in which range a key
 * lies: only it knows the order of its texts.
 */
import { postgresName, postgresText } from '../../kit/postgres-client.ts';
import type { CopiedRange } from './postgres-cursor.ts';
import type { SourceSession } from './source-session.ts';
import { TransactionSnapshot } from './transaction-snapshot.ts';

export type Seen = 'all' | 'none' | 'some';

export class CopiedFilter {
  readonly #session: SourceSession;
  readonly #ranges: readonly CopiedRange[];
  readonly #snapshots: readonly TransactionSnapshot[];

  constructor(session: SourceSession, ranges: readonly CopiedRange[]) {
    this.#session = session;
    this.#ranges = ranges;
    this.#snapshots = ranges.map(({ snapshot }) => new TransactionSnapshot(snapshot));
  }

  /** Of which ranges the snapshots saw the transaction. */
  seen(xid: number): Seen {
    const saw = this.#snapshots.filter((snapshot) => snapshot.sees(xid)).length;
    if (saw === 0) return 'none';
    return saw === this.#snapshots.length ? 'all' : 'some';
  }

  /** Whether the copy of the row's range saw the transaction. `key` holds the texts of the range key's columns. */
  async sawRow(xid: number, key: readonly string[]): Promise<boolean> {
    return this.#snapshots[await this.#rangeOf(key)]?.sees(xid) ?? false;
  }

  async #rangeOf(key: readonly string[]): Promise<number> {
    const { table, rangeKey } = this.#session;
    const literal = (texts: readonly string[]) =>
      `(${rangeKey.map((name, i) => `${postgresText(texts[i] ?? '')}::${typeOf(name)}`).join(', ')})`;
    const typeOf = (name: string) => {
      const column = table.columns.find((one) => one.name === name);
      return `${column?.typeText ?? 'text'}`;
    };
    // The collation of the column decides, not that of a literal; so the key is compared as a row of the table's own columns.
    const names = rangeKey.map((name) => postgresName(name)).join(', ');
    const cases = this.#ranges.flatMap(({ to }, i) =>
      to ? [`when (${names}) <= ${literal(to)} then ${i}`] : [],
    );
    if (cases.length === 0) return this.#ranges.length - 1;
    const columns = rangeKey.map((name, i) => {
      const text = `${postgresText(key[i] ?? '')}::${typeOf(name)}`;
      return `select ${text} as ${postgresName(name)}`;
    });
    const empty = `select ${names} from ${this.#session.tableSql} where false`;
    const row = `select ${columns.map((one) => one.replace(/^select /, '')).join(', ')}`;
    const [found] = await this.#session.ask(
      `select (case ${cases.join(' ')} else ${this.#ranges.length - 1} end)::text as range from (${empty} union all ${row}) k`,
    );
    return Number(found?.range);
  }
}
