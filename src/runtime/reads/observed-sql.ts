/** A SQL service that tells an observer of every product whose rows a statement reads. */

import type { At } from '../../kit/reader.ts';
import type {
  SqlAnswer,
  SqlDescription,
  SqlPage,
  SqlPrincipal,
  SqlRun,
  SqlService,
  SqlStatement,
  SqlVector,
} from '../../kit/sql.ts';
import { invalidToken } from '../access/invalid-token.ts';
import { consumerOf } from '../sql/sql-caller.ts';
import type { Tracer } from '../tracing/tracer.ts';
import type { Reading, ReadObserver } from './reading.ts';

const PORT = 'sql';

export interface SqlObservers {
  readonly observer: ReadObserver;
  readonly tracer: Tracer;
  /** Called with how long the first rows of a statement took. */
  readonly answered: (product: string, ms: number) => void;
}

export class ObservedSql implements SqlService {
  readonly #sql: SqlService;
  readonly #told: SqlObservers;

  constructor(sql: SqlService, told: SqlObservers) {
    this.#sql = sql;
    this.#told = told;
  }

  vector(at: At): SqlVector {
    return this.#sql.vector(at);
  }

  async describe(statement: SqlStatement): Promise<SqlDescription> {
    refuseEnded(statement.principal);
    return this.#sql.describe(statement);
  }

  run(run: SqlRun): Promise<SqlAnswer> {
    return this.#told.tracer.span('SQL statement', { 'enduser.id': consumerOf(run.principal) }, () =>
      this.#run(run),
    );
  }

  async #run(run: SqlRun): Promise<SqlAnswer> {
    refuseEnded(run.principal);
    const { observer, answered } = this.#told;
    const startedMs = performance.now();
    const answer = await this.#sql.run(run);
    const readings = this.#readingsOf(run, answer);
    try {
      for (const reading of readings) await observer.read(reading);
    } catch (error) {
      await answer.close();
      throw error;
    }
    for (const { product } of readings) answered(product, performance.now() - startedMs);
    const fetch = async (rowsMax: number): Promise<SqlPage> => {
      refuseEnded(run.principal);
      const page = await answer.fetch(rowsMax);
      for (const reading of readings) observer.more(reading, page.rows);
      return page;
    };
    const { columns, params, positions, page } = answer;
    const check = () => {
      refuseEnded(run.principal);
      answer.check();
    };
    return { columns, params, positions, page, check, fetch, close: () => answer.close() };
  }

  #readingsOf({ principal, purpose }: SqlRun, { positions, page }: SqlAnswer): Reading[] {
    return Object.entries(positions).map(([product, position]) => ({
      product,
      port: PORT,
      consumer: consumerOf(principal),
      position,
      rows: page.rows,
      purpose,
    }));
  }
}

/** Throws UNAUTHENTICATED. */
function refuseEnded({ isValid }: SqlPrincipal): void {
  if (isValid && !isValid()) throw invalidToken();
}
