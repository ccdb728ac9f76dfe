import type { Engine } from '../engine/engine.ts';
import { sqlText } from '../schema/sql-type.ts';
import { isNode, type SqlNode } from './sql-tree.ts';

/** A query as the engine bound it, before it was optimized; or the engine's word why it cannot be shown. */
export type BoundPlan = { readonly root: SqlNode } | { readonly error: string };

/** The setup statements create the tables that the query reads. Throws ENGINE_SQL when they, or nothing but they, do not bind. */
export async function boundPlan(engine: Engine, query: string, setup: readonly string[]): Promise<BoundPlan> {
  const { rows } = await engine.run([
    ...setup,
    `select json_serialize_plan(${sqlText(query)}, optimize := false)`,
  ]);
  const answer = JSON.parse(String(rows[0]?.[0])) as {
    error: boolean;
    error_message?: string;
    plans?: readonly unknown[];
  };
  const [root] = answer.plans ?? [];
  if (answer.error || !isNode(root))
    return { error: answer.error_message ?? 'The engine does not show its plan.' };
  return { root };
}
