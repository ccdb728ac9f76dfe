/** A table of a Postgres server, kept at one position of the product. What makes it exactly once is in `ledger.ts`. */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type pg from 'pg';
import { crashPoint } from '../../base/crash-points.ts';
import { WharfError } from '../../base/errors.ts';
import type {
  DeliveredChanges,
  DeliveredFiles,
  DeliveredState,
  DeliveryContext,
  Destination,
} from '../../kit/delivery.ts';
import '../../kit/errors.ts';
import { postgresName } from '../../kit/postgres-client.ts';
import { changeStatements } from './changes-sql.ts';
import type { Ledger } from './ledger.ts';
import type { PostgresTable } from './postgres-table.ts';
import { commentsSql, createTableSql, keyNames, type TableColumn, tableColumns } from './table-columns.ts';

/** Rows of one statement; all of a batch are one transaction. */
const STATEMENT_ROWS_MAX = 5_000;
const STATEMENT_CHARACTERS_MAX = 8_000_000;

export interface PostgresDestinationOptions {
  readonly context: DeliveryContext;
  readonly client: pg.Client;
  readonly ledger: Ledger;
  readonly table: PostgresTable;
  readonly schema: string;
  /** Whether what the ledger says can be gone on from. */
  readonly position: number | undefined;
}

export class PostgresDestination implements Destination {
  readonly #options: PostgresDestinationOptions;
  readonly #columns: readonly TableColumn[];
  readonly #statements: readonly string[];
  #position: number | undefined;
  #isLooked = false;

  constructor(options: PostgresDestinationOptions) {
    const { shape } = options.context;
    this.#options = options;
    this.#position = options.position;
    this.#columns = tableColumns(shape);
    this.#statements = changeStatements(options.table.name, shape, this.#columns);
  }

  get position(): number | undefined {
    return this.#position;
  }

  async load(state: DeliveredState): Promise<void> {
    const { context, table } = this.#options;
    const files = await state.write({ format: 'csv', signal: context.signal });
    try {
      const name = await this.#fill(files);
      crashPoint('deliver.postgres-before-swap');
      await this.#transaction(async () => {
        await this.#options.ledger.move(state.position, context.shape.stamp, undefined);
        await table.swap(name, keyNames(context.shape));
      });
    } finally {
      await files.release();
    }
    this.#position = state.position;
    this.#isLooked = true;
  }

  async apply(changes: DeliveredChanges): Promise<void> {
    const { context, ledger } = this.#options;
    await this.#refuseChanged();
    const files = await changes.write({ format: 'ndjson', signal: context.signal });
    try {
      await this.#transaction(async () => {
        await ledger.move(changes.through, context.shape.stamp, changes.after);
        for (const file of files.files) {
          for await (const rows of chunksOf(file.path)) await this.#change(rows);
        }
        crashPoint('deliver.postgres-before-commit');
      });
    } finally {
      await files.release();
    }
    this.#position = changes.through;
  }

  async close(): Promise<void> {
    await this.#options.client.end();
  }

  /** A new table with everything in it, which nobody reads yet. */
  async #fill(files: DeliveredFiles): Promise<string> {
    const { table, ledger, schema, context } = this.#options;
    await table.removeLeftOvers();
    const name = table.newName(ledger.entry.epoch);
    const quoted = postgresName(schema, name);
    const keys = keyNames(context.shape);
    await this.#transaction(async () => {
      await table.ask(createTableSql(quoted, this.#columns));
      await table.copy(quoted, this.#columns, files.files);
      if (keys.length > 0)
        await table.ask(
          `alter table ${quoted} add constraint ${postgresName(`${name}_key`)} primary key (${keys.map((key) => postgresName(key)).join(', ')})`,
        );
      const { product } = context;
      const doc = `${product.id} of ${product.owner}: ${product.purpose}`;
      for (const sql of commentsSql(quoted, doc, this.#columns)) await table.ask(sql);
    });
    await table.ask(`analyze ${quoted}`);
    return name;
  }

  async #change(rows: string): Promise<void> {
    for (const statement of this.#statements) await this.#options.table.ask(statement, [rows]);
  }

  /** A table that somebody altered: once, before the first change. Throws DELIVERY_REFUSED. */
  async #refuseChanged(): Promise<void> {
    if (this.#isLooked) return;
    const { table, context } = this.#options;
    const there = await table.columns();
    const wrong = this.#columns.find(({ name, type }) => there.get(name) !== type);
    if (wrong) {
      const has = there.get(wrong.name);
      const said = has === undefined ? 'is missing' : `is of type ${has} there, expected ${wrong.type}`;
      const delivery = context.name.split('/').at(-1);
      throw new WharfError(
        'DELIVERY_REFUSED',
        `The table ${table.name} was altered: "${wrong.name}" ${said}.`,
        {
          hint: `Put it back, or have the table made again: wharf replay ${context.product.id} --delivery ${delivery}`,
        },
      );
    }
    this.#isLooked = true;
  }

  async #transaction(work: () => Promise<void>): Promise<void> {
    const { table, client } = this.#options;
    await table.ask('begin');
    try {
      await work();
    } catch (thrown) {
      // Where the connection is gone the server rolls back by itself; what went wrong first is what is told.
      await client.query('rollback').catch(() => undefined);
      throw thrown;
    }
    await table.ask('commit');
  }
}

/** JSON arrays of the lines of a file. */
async function* chunksOf(file: string): AsyncGenerator<string> {
  let lines: string[] = [];
  let characters = 0;
  for await (const line of createInterface({
    input: createReadStream(file),
    crlfDelay: Number.POSITIVE_INFINITY,
  })) {
    lines.push(line);
    characters += line.length;
    if (lines.length < STATEMENT_ROWS_MAX && characters < STATEMENT_CHARACTERS_MAX) continue;
    yield `[${lines.join(',')}]`;
    lines = [];
    characters = 0;
  }
  if (lines.length > 0) yield `[${lines.join(',')}]`;
}
