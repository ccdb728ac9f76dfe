import type { Engine } from '../engine/engine.ts';
import { boundPlan } from './bound-plan.ts';
import { type FunctionCatalog, functionCatalog } from './function-catalog.ts';
import { isNode } from './sql-tree.ts';

/**
 * The functions in a query whose answers can change between two runs over the same rows, by name. They are read from the bound plan,
 * in which macros and words such as `current_date` have become the calls that they stand for.
 */
export async function unsteadyCalls(
  engine: Engine,
  query: string,
  setup: readonly string[],
): Promise<string[]> {
  const plan = await boundPlan(engine, query, setup);
  return 'root' in plan ? unsteadyCallsIn(plan.root, await functionCatalog(engine)) : [];
}

/** Likewise, in a plan or a part of one. */
export function unsteadyCallsIn(plan: unknown, functions: FunctionCatalog): string[] {
  const found = new Set<string>();
  for (const { name, argumentCount } of calls(plan)) {
    if (functions.isUnsteady(name, argumentCount)) found.add(name);
  }
  return [...found].sort();
}

interface Call {
  readonly name: string;
  readonly argumentCount: number;
}

function* calls(value: unknown): Generator<Call> {
  if (Array.isArray(value)) for (const item of value) yield* calls(item);
  if (!isNode(value)) return;
  const bound = value.expression_class === 'BOUND_FUNCTION' || value.expression_class === 'BOUND_AGGREGATE';
  if (bound && typeof value.name === 'string') {
    yield { name: value.name, argumentCount: Array.isArray(value.children) ? value.children.length : 0 };
  }
  for (const member of Object.values(value)) yield* calls(member);
}
