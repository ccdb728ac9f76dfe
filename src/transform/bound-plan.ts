import type { Engine } from '../engine/engine.ts';
import { sqlText } from '../schema/sql-type.ts';
import { isNode, type SqlNode } from './sql-tree.ts';

/** A query as the engine bound it, before it was optimized; or the engine's word why it cannot be shown. */
export type BoundPlan = { readonly root: SqlNode } | { readonly error: string };

/** A mesh is bound when it is checked, explained and started: the same query over the same tables gives the same plan. */
const REMEMBERED_MAX = 256;
const remembered = new WeakMap<Engine, Map<string, Promise<BoundPlan>>>();

/** The setup statements create the tables that the query reads. Throws ENGINE_SQL when they, or nothing but they, do not bind. */
export function boundPlan(engine: Engine, query: string, setup: readonly string[]): Promise<BoundPlan> {
  const statements = [...setup, `select json_serialize_plan(${sqlText(query)}, optimize := false)`];
  const plans = remembered.get(engine) ?? new Map<string, Promise<BoundPlan>>();
  remembered.set(engine, plans);
  const text = statements.join(';\n');
  const known = plans.get(text);
  if (known) return known;
  const [oldest] = plans.keys();
  if (oldest !== undefined && plans.size >= REMEMBERED_MAX) plans.delete(oldest);
  const bound = bind(engine, statements);
  plans.set(text, bound);
  bound.catch(() => plans.delete(text));
  return bound;
}

async function bind(engine: Engine, statements: readonly string[]): Promise<BoundPlan> {
  const { rows } = await engine.run(statements);
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
