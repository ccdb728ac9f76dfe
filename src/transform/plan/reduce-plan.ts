/**
 * `reduce`: what a query gives for new records is added to what it gave for those before, by the reductions of the output's fields. That
 * is right when it makes no difference how the records are cut into cycles. It does not
 *
 * - where each record by itself becomes rows, in order, whatever the reductions are; and
 * - where records are grouped by the key and each aggregate combines just as its field's reduction does.
 */
import type { Dataset } from '../../schema/field.ts';
import type { SqlNode } from '../sql-tree.ts';
import { type Combine, planMerge } from './merge-plan.ts';
import { childrenOf } from './trace-plan.ts';

export interface ReducePlan {
  /** Whether records are taken one by one, or grouped first. */
  readonly by: 'record' | 'group';
}

export interface NoReduce {
  /** A sentence. */
  readonly reason: string;
  /** What to write instead. A sentence. */
  readonly instead: string;
}

/** Operators that make rows of each row by itself, and keep the order. */
const BY_ROW = new Set(['LOGICAL_PROJECTION', 'LOGICAL_FILTER', 'LOGICAL_UNNEST']);
const REDUCTIONS: Readonly<Record<Exclude<Combine, 'key'>, string>> = {
  add: 'sum',
  least: 'min',
  greatest: 'max',
};

/** `root` is the plan of the dataset's columns, in order, over `changes(table)`. */
export function planReduce(dataset: Dataset, root: SqlNode): ReducePlan | NoReduce {
  if (isByRecord(root)) return { by: 'record' };
  const groups = planMerge(dataset, root, () => true);
  if ('reason' in groups)
    return {
      reason: `What it gives for all records is not what it gives for some, and for the others, added up. ${groups.reason}`,
      instead: `Give rows for each record by itself, without "group by". Or: ${groups.instead}`,
    };
  for (const { field, combine } of groups.combines) {
    if (combine === 'key') continue;
    const declared = dataset.fields.find(({ name }) => name === field)?.reduce ?? 'last';
    const needed = REDUCTIONS[combine];
    if (declared !== needed)
      return {
        reason: `"${field}" is aggregated as "reduce: ${needed}" would combine it, and has "reduce: ${declared}".`,
        instead: `Declare "${field}" with "reduce: ${needed}".`,
      };
  }
  return { by: 'group' };
}

function isByRecord(node: SqlNode): boolean {
  const children = childrenOf(node);
  if (node.type === 'LOGICAL_GET') return node.name === 'seq_scan';
  const [child] = children;
  return BY_ROW.has(String(node.type)) && children.length === 1 && child !== undefined && isByRecord(child);
}
