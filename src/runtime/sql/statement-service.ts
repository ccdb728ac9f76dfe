/**
 * Runs consumers' statements: parsed and run in a guest, admitted here, each on one consistent vector of published positions.
 */
import type { Clock } from '../../base/clock.ts';
import { codeOf, WharfError } from '../../base/errors.ts';
import type { GuestQuery } from '../../engine/guest-messages.ts';
import type { GuestCaller, GuestPool } from '../../engine/guest-pool.ts';
import type { At } from '../../kit/reader.ts';
import type {
  SqlAnswer,
  SqlDescription,
  SqlPositions,
  SqlRun,
  SqlService,
  SqlStatement,
  SqlVector,
} from '../../kit/sql.ts';
import type { Mesh } from '../../spec/model.ts';
import type { Store } from '../../store/store.ts';
import type { AccessControl } from '../access/access-control.ts';
import type { Asker } from '../access/asker.ts';
import type { Published } from '../published.ts';
import type { SnapshotFiles } from '../reader/snapshot-files.ts';
import { type AdmittedStatement, AdmittedStatements } from './admitted-statements.ts';
import { answerByKey } from './by-key/answer-by-key.ts';
import { holdsSessionValues, withSessionValues } from './dialect/session-values.ts';
import { KnownDescriptions } from './known-descriptions.ts';
import { databaseSetup, openDatabase, type PositionedTable, type SeenTable } from './open-database.ts';
import { SeenTables } from './seen-tables.ts';
import { askerOf } from './sql-caller.ts';
import { databaseName } from './sql-names.ts';
import { takeVector } from './statement-vector.ts';

/** What a session is in that has not said where names are looked for. */
const PUBLIC_SCHEMA = 'public';

export interface StatementServices {
  readonly mesh: Mesh;
  readonly store: Store;
  readonly published: Published;
  readonly clock: Clock;
  readonly guests: GuestPool;
  readonly access: AccessControl;
  /** Where what is seen of a table is written, when that is a part of it. */
  readonly files: SnapshotFiles;
}

/** An admitted statement, and what its names mean for who sent it. */
interface ReadStatement {
  readonly admitted: AdmittedStatement;
  readonly named: readonly SeenTable[];
  readonly asker: Asker;
}

interface OpenedQuery {
  readonly query: GuestQuery;
  readonly positions: SqlPositions;
  release(): void;
}

export class StatementService implements SqlService {
  readonly database: string;
  readonly #services: StatementServices;
  readonly #tables: SeenTables;
  readonly #plain = databaseSetup([]);
  readonly #admitted: AdmittedStatements;
  readonly #descriptions = new KnownDescriptions();

  constructor(services: StatementServices) {
    this.#services = services;
    this.database = databaseName(services.mesh);
    this.#tables = new SeenTables(services.mesh, services.access);
    this.#admitted = new AdmittedStatements(services.guests);
  }

  vector(at: At): SqlVector {
    return takeVector(this.#services, this.#tables.streams, at, this.#services.clock.nowMs() * 1_000);
  }

  async describe(statement: SqlStatement): Promise<SqlDescription> {
    return this.#placed(statement.sql, async () => {
      const caller = callerOf(statement);
      const read = await this.#read(statement, caller);
      const known = this.#descriptions.get(read.admitted, read.named);
      if (known) return known;
      const opened = await this.#open(statement, read);
      try {
        const description = await this.#services.guests.describe(opened.query, caller);
        this.#descriptions.add(read.admitted, read.named, description);
        return description;
      } finally {
        opened.release();
      }
    });
  }

  async run(run: SqlRun): Promise<SqlAnswer> {
    return this.#placed(run.sql, async () => {
      const caller = callerOf(run);
      const read = await this.#read(run, caller);
      const byKey = await this.#answerByKey(run, read);
      if (byKey) return byKey;
      const opened = await this.#open(run, read);
      try {
        const { params, format, rowsMax } = run;
        const running = await this.#services.guests.start(
          { query: opened.query, params, format, rowsMax },
          caller,
        );
        const close = async () => {
          await running.close();
          opened.release();
        };
        const check = () => checkViews(read);
        const fetch = (max: number) => {
          check();
          return this.#placed(run.sql, () => running.fetch(max));
        };
        return { ...running.started, positions: opened.positions, check, fetch, close };
      } catch (error) {
        opened.release();
        throw error;
      }
    });
  }

  /** Throws TABLE_UNKNOWN, ACCESS_REFUSED. */
  async #read(statement: SqlStatement, caller: GuestCaller): Promise<ReadStatement> {
    const { access } = this.#services;
    const asker = askerOf(statement.principal, statement.purpose);
    // Until agreements are known, they grant nothing.
    await access.ready().catch(() => undefined);
    const admitted = await this.#admitted.admit(statement.sql, caller);
    const named = this.#tables.named(admitted.tables, statement.searchPath, asker);
    return { admitted, named, asker };
  }

  /** Undefined for what a guest must answer: whatever is seen through a lens, too. */
  async #answerByKey(run: SqlRun, read: ReadStatement): Promise<SqlAnswer | undefined> {
    const { admitted, named } = read;
    const question = admitted.keyQuestion;
    const [only] = named;
    const description = question && this.#descriptions.get(admitted, named);
    if (!description || !only || named.length > 1) return undefined;
    const { table, view } = only;
    if (view.lensOf(table.dataset.name)) return undefined;
    const answer = await answerByKey(this.#services.store, run, { question, table, description });
    return answer && { ...answer, check: () => checkViews(read) };
  }

  async #open(statement: SqlStatement, { admitted, named, asker }: ReadStatement): Promise<OpenedQuery> {
    const { vector, principal } = statement;
    const { sql, tree, names, needsCatalog } = admitted;
    const positioned = await positionsOf(named, vector);
    const setup = needsCatalog ? this.#tables.catalogSetup(asker) : this.#plain;
    const { database, release } = await openDatabase(this.#services, positioned, setup);
    const positions = Object.fromEntries(positioned.map(({ table, position }) => [table.stream, position]));
    const [schema = PUBLIC_SCHEMA] = statement.searchPath ?? [];
    const session = { timeUs: vector.timeUs, user: principal.name, schema };
    const told = tree !== undefined && holdsSessionValues(tree) ? withSessionValues(tree, session) : tree;
    return { query: { database, sql, tree: told, names }, positions, release };
  }

  /** Errors say where in the text they are in UTF-16 code units from 0 (`details.position`), whoever found them. */
  async #placed<T>(sql: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      const byte = error instanceof WharfError ? error.details?.byte : undefined;
      if (!(error instanceof WharfError) || typeof byte !== 'number') throw error;
      const { byte: _, ...details } = error.details ?? {};
      const position = Buffer.from(sql, 'utf8').subarray(0, byte).toString('utf8').length;
      throw new WharfError(codeOf(error) ?? 'INTERNAL', error.message, {
        ...(error.hint === undefined ? {} : { hint: error.hint }),
        details: { ...details, position },
        cause: error,
      });
    }
  }
}

/** A guest is not given to others: what it has seen stays with those who see the same. */
function callerOf({ principal, purpose, signal }: SqlStatement): GuestCaller {
  const access = purpose === undefined ? principal.access : JSON.stringify([principal.access, purpose]);
  // Nobody waits in the place of somebody else by calling themselves so.
  return { consumer: JSON.stringify([principal.access, principal.name]), access, signal };
}

/** Throws UNAUTHENTICATED, ACCESS_CHANGED. */
function checkViews({ named }: ReadStatement): void {
  for (const { view } of named) view.check?.();
}

/** A position counts the records of one product: it says nothing of another. */
async function positionsOf(
  tables: readonly SeenTable[],
  vector: SqlVector,
): Promise<readonly PositionedTable[]> {
  const streams = new Set(tables.map(({ table }) => table.stream));
  if (streams.size > 1 && /^\d+$/.test(vector.at ?? '')) {
    throw new WharfError(
      'AT_AMBIGUOUS',
      `The statement reads ${streams.size} products, and a position is one of a single product; received "${vector.at}".`,
      {
        hint: 'Read several products at a time, such as 2026-11-21T10:00:00Z.',
        details: { sqlState: '22023' },
      },
    );
  }
  return Promise.all(
    tables.map(async (named) => ({ ...named, position: await vector.position(named.table.stream) })),
  );
}
