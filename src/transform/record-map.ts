/** Mapping by SQL, record by record: from source documents to a dataset's, each traced to the position that it came from. */
import { appendFile, readFile, rm, writeFile } from 'node:fs/promises';
import { codeOf, WharfError } from '../base/errors.ts';
import type { Engine } from '../engine/engine.ts';
import { sqlProblemOf } from '../engine/failure-error.ts';
import { sourceRowsSql } from '../schema/load-sql.ts';
import { sqlText } from '../schema/sql-type.ts';
import { analyseMap } from './analyse-map.ts';
import './errors.ts';
import type { MapPlan } from './map-plan.ts';
import { mappedRowsSql, POSITION_COLUMN } from './mapped-rows-sql.ts';

export interface MapRequest {
  /** Source records as envelopes (see `schema/envelope.ts`). */
  readonly staged: string;
  /** Gets one document a line, in JSON form, in the order of the records; rows of one record in the order of their text. */
  readonly out: string;
}

export interface MapResult {
  /** For each line of `out`, the position of the source record that it came from. */
  readonly positions: readonly number[];
  /** Records on which the SQL raised an error. */
  readonly failures: readonly { readonly position: number; readonly message: string }[];
}

export interface RecordMap {
  run(engine: Engine, request: MapRequest): Promise<MapResult>;
  /** Lets go of what the map holds; it can be run no more. */
  close?(): Promise<void>;
}

/** Throws TRANSFORM_SQL, TRANSFORM_NOT_BY_RECORD, TRANSFORM_COLUMNS, with all problems in `details.problems`. */
export async function planRecordMap(engine: Engine, plan: MapPlan): Promise<RecordMap> {
  const problems = await analyseMap(engine, plan);
  const [first] = problems;
  if (!first) return new SqlRecordMap(plan);
  const message = problems.map((problem) => problem.message).join(' ');
  throw new WharfError(first.code, message, { hint: 'wharf check shows where.', details: { problems } });
}

interface Range {
  readonly from: number;
  readonly to: number;
}

class SqlRecordMap implements RecordMap {
  readonly #plan: MapPlan;

  constructor(plan: MapPlan) {
    this.#plan = plan;
  }

  async run(engine: Engine, request: MapRequest): Promise<MapResult> {
    await writeFile(request.out, '');
    const positions: number[] = [];
    const error = await this.#append(
      engine,
      request,
      sourceRowsSql(this.#plan.fields, request.staged),
      positions,
    );
    return { positions, failures: error ? await this.#setFailuresAside(engine, request, positions) : [] };
  }

  /**
   * Finds the records on which the SQL fails by halving, and appends what comes of all others. The typed records are kept in a
   * file meanwhile, from which a step takes its range in milliseconds.
   */
  async #setFailuresAside(
    engine: Engine,
    request: MapRequest,
    positions: number[],
  ): Promise<MapResult['failures']> {
    const typed = `${request.out}.records`;
    const failures: { position: number; message: string }[] = [];
    try {
      await engine.run(
        `copy (${sourceRowsSql(this.#plan.fields, request.staged)}) to ${sqlText(typed)} (format parquet)`,
      );
      const pending = halves(await extent(engine, typed));
      for (let range = pending.pop(); range; range = pending.pop()) {
        const rows = `select * from read_parquet(${sqlText(typed)}) where ${POSITION_COLUMN} between ${range.from} and ${range.to}`;
        const error = await this.#append(engine, request, rows, positions);
        if (error && range.from === range.to)
          failures.push({ position: range.from, message: messageOf(error) });
        else if (error) pending.push(...halves(range));
      }
    } finally {
      await rm(typed, { force: true });
    }
    return failures;
  }

  /** Appends what the rows are mapped to; gives the error when the SQL raised one. */
  async #append(
    engine: Engine,
    request: MapRequest,
    rows: string,
    positions: number[],
  ): Promise<WharfError | undefined> {
    const documents = `${request.out}.documents`;
    const traces = `${request.out}.positions`;
    try {
      await engine.run([
        `create temp table mapped as ${mappedRowsSql(this.#plan, rows)}`,
        `copy (select line from mapped order by ${POSITION_COLUMN}, line) to ${sqlText(documents)} ${LINES}`,
        `copy (select ${POSITION_COLUMN} from mapped order by ${POSITION_COLUMN}, line) to ${sqlText(traces)} ${LINES}`,
      ]);
      await appendFile(request.out, await readFile(documents));
      for (const line of (await readFile(traces, 'latin1')).split('\n'))
        if (line !== '') positions.push(Number(line));
      return undefined;
    } catch (thrown) {
      if (codeOf(thrown) !== 'ENGINE_SQL') throw thrown;
      return thrown as WharfError;
    } finally {
      await Promise.all([rm(documents, { force: true }), rm(traces, { force: true })]);
    }
  }
}

/** JSON text holds no control character, so neither delimiter nor line end can occur inside a line. */
const LINES = `(format csv, header false, quote '', escape '', delimiter '\u0001')`;

async function extent(engine: Engine, typed: string): Promise<Range> {
  const { rows } = await engine.run(
    `select min(${POSITION_COLUMN}), max(${POSITION_COLUMN}) from read_parquet(${sqlText(typed)})`,
  );
  return { from: Number(rows[0]?.[0]), to: Number(rows[0]?.[1]) };
}

/** The second half first, because the last one is taken up next: positions stay in order. */
function halves({ from, to }: Range): Range[] {
  if (from === to) return [{ from, to }];
  const middle = from + Math.floor((to - from) / 2);
  return [
    { from: middle + 1, to },
    { from, to: middle },
  ];
}

function messageOf(error: WharfError): string {
  return (sqlProblemOf(error)?.message ?? error.message).split('\n')[0] ?? error.message;
}
