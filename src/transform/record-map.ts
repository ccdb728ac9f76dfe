/** Mapping by SQL, record by record: from source documents to a dataset's, each traced to the position that it came from. */
import { appendFile, readFile, rm, writeFile } from 'node:fs/promises';
import { codeOf, WharfError } from '../base/errors.ts';
import type { Engine } from '../engine/engine.ts';
import type { Dataset, Field } from '../schema/field.ts';
import { columnsOf } from '../schema/field.ts';
import { rowJsonSql } from '../schema/json-form.ts';
import { sourceRowsSql } from '../schema/load-sql.ts';
import { sqlName, sqlText, sqlType } from '../schema/sql-type.ts';
import { analyseMap, type MapQuery } from './analyse-map.ts';
import './errors.ts';
import { POSITION_COLUMN } from './by-record.ts';

/** Failing records of one batch after which the transform itself counts as broken. */
const FAILURES_MAX = 1_000;

export interface MapRequest {
  /** Source records as envelopes (see `schema/envelope.ts`). */
  readonly staged: string;
  /** Gets one document a line, in JSON form. */
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
}

export interface MapPlan {
  readonly sql: string;
  /** The input's name: the table that the SQL reads. */
  readonly input: string;
  readonly fields: readonly Field[];
  readonly dataset: Dataset;
}

/** Throws TRANSFORM_SQL, TRANSFORM_NOT_BY_RECORD, TRANSFORM_COLUMNS, with all problems in `details.problems`. */
export async function planRecordMap(engine: Engine, plan: MapPlan): Promise<RecordMap> {
  const { query, problems } = await analyseMap(engine, plan);
  const [first] = problems;
  if (first || !query) {
    const message = problems.map((problem) => problem.message).join(' ');
    throw new WharfError(first?.code ?? 'TRANSFORM_SQL', message, {
      hint: 'wharf check shows where.',
      details: { problems },
    });
  }
  return new SqlRecordMap(plan, query);
}

interface Range {
  readonly from: number;
  readonly to: number;
}

class SqlRecordMap implements RecordMap {
  readonly #plan: MapPlan;
  readonly #query: MapQuery;

  constructor(plan: MapPlan, query: MapQuery) {
    this.#plan = plan;
    this.#query = query;
  }

  async run(engine: Engine, request: MapRequest): Promise<MapResult> {
    await writeFile(request.out, '');
    const positions: number[] = [];
    const failures: { position: number; message: string }[] = [];
    const pending: (Range | undefined)[] = [undefined];
    while (pending.length > 0) {
      const range = pending.pop();
      const error = await this.#mapRange(engine, request, range, positions);
      if (!error) continue;
      const whole = range ?? (await this.#extent(engine, request.staged));
      if (whole.from === whole.to) failures.push({ position: whole.from, message: error.message });
      else pending.push(...halves(whole));
      if (failures.length > FAILURES_MAX) throw tooManyFailures(failures.length, error);
    }
    return { positions, failures };
  }

  /** Appends what the records in the range are mapped to; gives the error when the SQL raised one. */
  async #mapRange(
    engine: Engine,
    request: MapRequest,
    range: Range | undefined,
    positions: number[],
  ): Promise<WharfError | undefined> {
    const documents = `${request.out}.documents`;
    const traces = `${request.out}.positions`;
    try {
      await engine.run(this.#statements(request.staged, range, documents, traces));
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

  #statements(staged: string, range: Range | undefined, documents: string, traces: string): string[] {
    const { input, fields, dataset } = this.#plan;
    const columns = columnsOf(dataset).map(
      (field) => `cast(${sqlName(field.name)} as ${sqlType(field)}) as ${sqlName(field.name)}`,
    );
    const source = sourceRowsSql(fields, staged);
    const part = range
      ? `select * from (${source}) where ${POSITION_COLUMN} between ${range.from} and ${range.to}`
      : source;
    const mapped = `with ${sqlName(input)} as (${part}) ${this.#query.sql}`;
    return [
      `create temp table mapped as select ${POSITION_COLUMN}, ${columns.join(', ')} from (${mapped})`,
      `copy (select ${rowJsonSql(columnsOf(dataset))} from mapped order by rowid) to ${sqlText(documents)} ${LINES}`,
      `copy (select ${POSITION_COLUMN} from mapped order by rowid) to ${sqlText(traces)} ${LINES}`,
    ];
  }

  async #extent(engine: Engine, staged: string): Promise<Range> {
    const sql = `select min(${POSITION_COLUMN}), max(${POSITION_COLUMN}) from (${sourceRowsSql([], staged)})`;
    const { rows } = await engine.run(sql);
    return { from: Number(rows[0]?.[0]), to: Number(rows[0]?.[1]) };
  }
}

/** JSON text holds no control character, so neither delimiter nor line end can occur inside a line. */
const LINES = `(format csv, header false, quote '', escape '', delimiter '\u0001')`;

/** The second half first, because the last one is taken up next: positions stay in order. */
function halves({ from, to }: Range): Range[] {
  const middle = from + Math.floor((to - from) / 2);
  return [
    { from: middle + 1, to },
    { from, to: middle },
  ];
}

function tooManyFailures(count: number, error: WharfError): WharfError {
  return new WharfError(
    'TRANSFORM_FAILS',
    `The transform fails on more than ${count - 1} records of one batch: ${error.message}`,
    {
      hint: 'Correct the SQL; use try_cast or try_strptime where the source may hold anything.',
      cause: error,
    },
  );
}
