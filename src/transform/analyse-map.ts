/** What must be known of a record map's SQL: that it works by record, and that it gives the columns of its dataset. */
import type { Engine } from '../engine/engine.ts';
import { sqlProblemOf } from '../engine/failure-error.ts';
import { columnsOf } from '../schema/field.ts';
import { sqlName, sqlText, sqlType } from '../schema/sql-type.ts';
import { carryPosition, findObstacles, type Obstacle, POSITION_COLUMN } from './by-record.ts';
import { type ColumnProblem, compareColumns } from './compare-columns.ts';
import { functionCatalog } from './function-catalog.ts';
import type { MapPlan } from './record-map.ts';
import type { SqlTree } from './sql-tree.ts';

export interface MapProblem extends ColumnProblem {
  readonly code: 'TRANSFORM_SQL' | 'TRANSFORM_NOT_BY_RECORD' | 'TRANSFORM_COLUMNS';
  /** Offset in the SQL text. */
  readonly offset?: number | undefined;
}

/** A query over a table that is named as the input and has the column `_position` besides the input's fields. */
export interface MapQuery {
  readonly sql: string;
}

export interface MapAnalysis {
  readonly query: MapQuery | undefined;
  readonly problems: readonly MapProblem[];
}

export async function analyseMap(engine: Engine, plan: MapPlan): Promise<MapAnalysis> {
  if (plan.fields.some((field) => field.name.toLowerCase() === POSITION_COLUMN)) {
    return failed({
      code: 'TRANSFORM_SQL',
      message: `The input's field "${POSITION_COLUMN}" has a name that is kept for the platform.`,
    });
  }
  const tree = await parse(engine, plan.sql);
  if (tree.error) {
    const offset = tree.position === undefined ? undefined : Number(tree.position);
    return failed({
      code: 'TRANSFORM_SQL',
      message: tree.error_message ?? 'The SQL could not be parsed.',
      offset,
    });
  }
  const obstacles = findObstacles(tree, plan.input, await functionCatalog(engine));
  if (obstacles.length > 0) return { query: undefined, problems: obstacles.map(notByRecord) };
  const carried = carryPosition(
    tree,
    plan.fields.map((field) => field.name),
  );
  if ('what' in carried) return failed(notByRecord(carried));
  return bind(engine, plan, carried);
}

function failed(problem: MapProblem): MapAnalysis {
  return { query: undefined, problems: [problem] };
}

async function parse(engine: Engine, sql: string): Promise<SqlTree> {
  const { rows } = await engine.run(`select json_serialize_sql(${sqlText(sql)}, skip_default := false)`);
  return JSON.parse(String(rows[0]?.[0]), withoutUnknownPlace) as SqlTree;
}

/** The engine writes 2^64-1 where it knows no place; JavaScript would round it to what the engine cannot read back. */
function withoutUnknownPlace(name: string, value: unknown): unknown {
  return name === 'query_location' && !Number.isSafeInteger(value) ? undefined : value;
}

async function bind(engine: Engine, plan: MapPlan, carried: SqlTree): Promise<MapAnalysis> {
  const columns = [
    `${POSITION_COLUMN} BIGINT`,
    ...plan.fields.map((field) => `${sqlName(field.name)} ${sqlType(field)}`),
  ];
  const setup = [`create temp table ${sqlName(plan.input)} (${columns.join(', ')})`];
  try {
    const { rows } = await engine.run(
      `select json_deserialize_sql(${sqlText(JSON.stringify(carried))}::json)`,
    );
    const sql = String(rows[0]?.[0]);
    // The text as it was written is bound first, so that what it is told about stands where it was written.
    await engine.describe(plan.sql, setup);
    const [, ...given] = await engine.describe(sql, setup);
    const problems = compareColumns(columnsOf(plan.dataset), given).map((problem) => ({
      code: 'TRANSFORM_COLUMNS' as const,
      ...problem,
    }));
    return problems.length > 0 ? { query: undefined, problems } : { query: { sql }, problems: [] };
  } catch (thrown) {
    const problem = sqlProblemOf(thrown);
    if (!problem) throw thrown;
    return failed({ code: 'TRANSFORM_SQL', message: firstLine(problem.message), offset: problem.position });
  }
}

function firstLine(message: string): string {
  return message.split('\n')[0] ?? message;
}

function notByRecord({ what, offset }: Obstacle): MapProblem {
  return {
    code: 'TRANSFORM_NOT_BY_RECORD',
    message: `The transform of an external input works record by record, so it cannot ${what}.`,
    offset,
    hint: 'Serve the records as they are, and derive another product from this one.',
  };
}
