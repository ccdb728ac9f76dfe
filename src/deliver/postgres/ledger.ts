/**
 * What the destination itself knows of a delivery: one row of `wharf_deliveries`, in the schema of the table.
 *
 * The row is changed in the transaction that changes the table, so both are always of one position. Each opening counts `epoch` up; a
 * change is made only under the epoch that was opened with, so an earlier writer, or a transaction of ours whose connection was lost,
 * either ends before the epoch moves or finds that it has moved. The opening waits for it, because both take the row's lock.
 */
import type pg from 'pg';
import { WharfError } from '../../base/errors.ts';
import type { NamedConnection } from '../../kit/connection.ts';
import '../../kit/errors.ts';
import { askPostgres, postgresName } from '../../kit/postgres-client.ts';

const TABLE = 'wharf_deliveries';
/** How long an opening waits for a transaction that is still under way. */
const LOCK_TIMEOUT_MS = 30_000;
/** A transaction whose client is gone is ended by the server after this. */
const IDLE_TIMEOUT_MS = 20_000;

export interface LedgerEntry {
  readonly epoch: string;
  /** The table as it was first told, quoted. */
  readonly target: string;
  readonly stamp: string | null;
  readonly position: number | undefined;
}

export interface LedgerOptions {
  readonly client: pg.Client;
  readonly connection: NamedConnection;
  readonly schema: string;
  /** `skyline delivery:flights.departures@1/warehouse` */
  readonly name: string;
  readonly target: string;
}

export class Ledger {
  readonly #options: LedgerOptions;
  readonly #table: string;
  readonly entry: LedgerEntry;

  private constructor(options: LedgerOptions, entry: LedgerEntry) {
    this.#options = options;
    this.#table = postgresName(options.schema, TABLE);
    this.entry = entry;
  }

  /** Takes the delivery over. Throws as `askPostgres`. */
  static async open(options: LedgerOptions): Promise<Ledger> {
    const { client, connection, schema, name, target } = options;
    const table = postgresName(schema, TABLE);
    const ask = (sql: string, values?: readonly unknown[]) =>
      askPostgres<Record<string, string>>(client, connection, sql, values);
    await ask(
      `set lock_timeout = ${LOCK_TIMEOUT_MS}; set idle_in_transaction_session_timeout = ${IDLE_TIMEOUT_MS}`,
    );
    const [known] = await ask('select to_regclass($1) is not null as known', [table]);
    // Two that begin at once: the advisory lock has one make the table, and the other find it.
    if (known?.known !== 't')
      await ask(
        `begin; select pg_advisory_xact_lock(hashtext('${TABLE}')); create table if not exists ${table} (name text primary key, target text not null, epoch bigint not null, stamp text, position bigint, updated_at timestamptz not null default now()); comment on table ${table} is 'How far deliveries of Wharf are. It changes together with the delivered tables.'; commit`,
      );
    const [row] = await ask(
      `insert into ${table} as d (name, target, epoch) values ($1, $2, 1) on conflict (name) do update set epoch = d.epoch + 1, updated_at = now(), target = excluded.target, stamp = case when d.target = excluded.target then d.stamp end, position = case when d.target = excluded.target then d.position end returning epoch, target, stamp, position`,
      [name, target],
    );
    const position = row?.position === null || row?.position === undefined ? undefined : Number(row.position);
    return new Ledger(options, {
      epoch: row?.epoch ?? '',
      target: row?.target ?? '',
      stamp: row?.stamp ?? null,
      position,
    });
  }

  /** True when another delivery keeps the table up to date. */
  async isSharedTarget(): Promise<boolean> {
    const { client, connection, name, target } = this.#options;
    const sql = `select name from ${this.#table} where target = $1 and name <> $2 and position is not null`;
    return (await askPostgres(client, connection, sql, [target, name])).length > 0;
  }

  /**
   * Within the caller's transaction: from now on the table holds the position. `after` is the position that it must be at; undefined for
   * any. Throws DELIVERY_FENCED.
   */
  async move(position: number, stamp: string, after: number | undefined): Promise<void> {
    const { client, connection, name } = this.#options;
    const from = after === undefined ? '' : ' and position = $5';
    const sql = `update ${this.#table} set position = $3, stamp = $4, updated_at = now() where name = $1 and epoch = $2${from} returning name`;
    const values = [name, this.entry.epoch, position, stamp, ...(after === undefined ? [] : [after])];
    if ((await askPostgres(client, connection, sql, values)).length === 1) return;
    throw new WharfError(
      'DELIVERY_FENCED',
      `Another process keeps the table ${this.#options.target} up to date now, as ${name}.`,
      { hint: 'Stop one of the two, then resume the delivery with: wharf deliveries resume' },
    );
  }
}
