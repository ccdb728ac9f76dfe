/** What must be known of a record map's SQL: that it works by record, is steady, and gives the columns of its dataset. */
import type { Engine } from '../engine/engine.ts';
import { sqlProblemOf } from '../engine/failure-error.ts';
import { columnsOf } from '../schema/field.ts';
import { sqlName, sqlType } from '../schema/sql-type.ts';
import { findObstacles, type Obstacle } from './by-record.ts';
import { type ColumnProblem, compareColumns } from './compare-columns.ts';
import { functionCatalog } from './function-catalog.ts';
import type { MapPlan } from './map-plan.ts';
import { mappedRowsSql, POSITION_COLUMN } from './mapped-rows-sql.ts';
import { firstLine, parseProblem, parseSql } from './parse-sql.ts';
import { unsteadyCalls } from './unsteady-calls.ts';

export interface MapProblem extends ColumnProblem {
  readonly code: 'TRANSFORM_SQL' | 'TRANSFORM_NOT_BY_RECORD' | 'TRANSFORM_COLUMNS';
  /** Offset in the SQL text. */
  readonly offset?: number | undefined;
}

/** All problems of the SQL; none when it can be run. */
export async function analyseMap(engine: Engine, plan: MapPlan): Promise<readonly MapProblem[]> {
  const tree = await parseSql(engine, plan.sql);
  if (tree.error) return [{ code: 'TRANSFORM_SQL', ...parseProblem(tree) }];
  const obstacles = findObstacles(tree, plan.input, await functionCatalog(engine));
  return obstacles.length > 0 ? obstacles.map(notByRecord) : bind(engine, plan);
}

async function bind(engine: Engine, plan: MapPlan): Promise<MapProblem[]> {
  const columns = plan.fields.map((field) => `${sqlName(field.name)} ${sqlType(field)}`);
  const setup = [`create temp table ${sqlName(plan.input)} (${columns.join(', ')})`];
  try {
    const given = await engine.describe(plan.sql, setup);
    const unsteady = (await unsteadyCalls(engine, plan.sql, setup)).map(unsteadyCall);
    const other = compareColumns(columnsOf(plan.dataset), given).map((problem) => ({
      code: 'TRANSFORM_COLUMNS' as const,
      ...problem,
    }));
    if (unsteady.length + other.length === 0) await engine.describe(mappedRowsSql(plan, emptyRows(plan)));
    return [...unsteady, ...other];
  } catch (thrown) {
    const problem = sqlProblemOf(thrown);
    if (!problem) throw thrown;
    return [{ code: 'TRANSFORM_SQL', message: firstLine(problem.message), offset: problem.position }];
  }
}

/** What the map really runs must bind too: there the input is a query, not a table. */
function emptyRows({ fields }: MapPlan): string {
  const columns = fields.map((field) => `cast(null as ${sqlType(field)}) as ${sqlName(field.name)}`);
  return `select ${[`0::bigint as ${POSITION_COLUMN}`, ...columns].join(', ')}`;
}

function unsteadyCall(name: string): MapProblem {
  return {
    code: 'TRANSFORM_SQL',
    message: `The transform calls ${name}(), which gives something else another time.`,
    hint: 'A transform must give the same rows for the same records, whenever it runs.',
  };
}

function notByRecord({ what, offset }: Obstacle): MapProblem {
  return {
    code: 'TRANSFORM_NOT_BY_RECORD',
    message: `The transform of an external input works record by record, so it cannot ${what}.`,
    offset,
    hint: 'Serve the records as they are, and derive another product from this one.',
  };
}
