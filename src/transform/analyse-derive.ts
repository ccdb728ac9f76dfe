/** What must be known of a derived product's SQL: that it repeats, binds, and gives the columns of its dataset. */
import type { Engine } from '../engine/engine.ts';
import { sqlProblemOf } from '../engine/failure-error.ts';
import { columnsOf } from '../schema/field.ts';
import { boundPlan } from './bound-plan.ts';
import { type ColumnProblem, compareColumns } from './compare-columns.ts';
import { type DerivePlan, derivedRowsSql, emptyTablesSql, statementOf } from './derive-plan.ts';
import { findUnrepeatable } from './find-unrepeatable.ts';
import { functionCatalog } from './function-catalog.ts';
import { firstLine, parseProblem, parseSql } from './parse-sql.ts';
import { unsteadyCallsIn } from './unsteady-calls.ts';

export interface DeriveProblem extends ColumnProblem {
  readonly code: 'TRANSFORM_SQL' | 'TRANSFORM_COLUMNS' | 'TRANSFORM_UNREPEATABLE';
  readonly severity: 'error' | 'warning';
  /** Offset in the SQL text. */
  readonly offset?: number | undefined;
}

/** All problems of the SQL; it can be run when none is an error. */
export async function analyseDerive(engine: Engine, plan: DerivePlan): Promise<readonly DeriveProblem[]> {
  const tree = await parseSql(engine, plan.sql);
  if (tree.error) return [{ code: 'TRANSFORM_SQL', severity: 'error', ...parseProblem(tree) }];
  const names = plan.tables.map((table) => table.name);
  const found = findUnrepeatable(tree, names, plan.mode === 'reduce' ? 'changes' : 'tables').map(
    (problem) => ({
      code: 'TRANSFORM_UNREPEATABLE' as const,
      ...problem,
    }),
  );
  if (found.some((problem) => problem.severity === 'error')) return found;
  return [...found, ...(await bind(engine, plan))];
}

async function bind(engine: Engine, plan: DerivePlan): Promise<DeriveProblem[]> {
  const setup = emptyTablesSql(plan);
  try {
    const given = await engine.describe(statementOf(plan.sql), setup);
    const problems = [
      ...(await unsteady(engine, plan, setup)),
      ...compareColumns(columnsOf(plan.dataset), given).map((problem) => ({
        code: 'TRANSFORM_COLUMNS' as const,
        severity: 'error' as const,
        ...problem,
      })),
    ];
    if (problems.length === 0) await engine.describe(derivedRowsSql(plan), setup);
    return problems;
  } catch (thrown) {
    const problem = sqlProblemOf(thrown);
    if (!problem) throw thrown;
    return [sqlError(firstLine(problem.message), problem.position)];
  }
}

async function unsteady(
  engine: Engine,
  plan: DerivePlan,
  setup: readonly string[],
): Promise<DeriveProblem[]> {
  const bound = await boundPlan(engine, statementOf(plan.sql), setup);
  if ('error' in bound) return [sqlError(firstLine(bound.error), undefined)];
  return unsteadyCallsIn(bound.root, await functionCatalog(engine)).map((name) => ({
    code: 'TRANSFORM_UNREPEATABLE',
    severity: 'error',
    message: `The transform calls ${name}(), which gives something else another time.`,
    hint: 'A transform must give the same rows for the same inputs, whenever it runs.',
  }));
}

function sqlError(message: string, offset: number | undefined): DeriveProblem {
  return { code: 'TRANSFORM_SQL', severity: 'error', message, offset };
}
