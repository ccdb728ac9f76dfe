/** How a derived product is kept up to date: the cheapest way that the query's bound plan proves to be right. */
import type { Engine } from '../engine/engine.ts';
import { columnsOf } from '../schema/field.ts';
import type { Transform } from '../spec/model.ts';
import { boundPlan } from './bound-plan.ts';
import { type DerivePlan, derivedRowsSql, emptyTablesSql } from './derive-plan.ts';
import { type MergePlan, planMerge } from './plan/merge-plan.ts';
import { planReduce, type ReducePlan } from './plan/reduce-plan.ts';
import { planRekey, type RekeyPlan } from './plan/rekey-plan.ts';
import { type PresentColumns, tracePlan } from './plan/trace-plan.ts';
import type { SqlNode } from './sql-tree.ts';

export type Way =
  | { readonly kind: 'merge'; readonly merge: MergePlan }
  | { readonly kind: 'rekey'; readonly rekey: RekeyPlan }
  | { readonly kind: 'refresh' }
  | { readonly kind: 'reduce'; readonly reduce: ReducePlan };

export interface NotTaken {
  readonly not: 'merge' | 'rekey' | 'reduce';
  /** What stands in the way. A sentence. */
  readonly reason: string;
  /** What to write instead. Sentences. */
  readonly instead: string;
}

export interface ChosenWay {
  readonly way: Way;
  /** The way that the spec asks for cannot be taken; `way` is the one that can. */
  readonly refused: boolean;
  /** Why other ways are not taken, the cheapest first. */
  readonly reasons: readonly NotTaken[];
  /** The columns of inputs, as `input.column`, that each column's values are made of. */
  readonly lineage: readonly { readonly column: string; readonly sources: readonly string[] }[];
}

/** The SQL has been found to bind. `mode` is the way that the spec asks for. Throws what the engine throws. */
export async function chooseWay(
  engine: Engine,
  plan: DerivePlan,
  mode?: Transform['mode'],
): Promise<ChosenWay> {
  const found = await findWays(engine, plan);
  const { merge, rekey, reduce, reasons, lineage } = found;
  const refresh: Way = { kind: 'refresh' };
  if (mode === undefined) return { way: merge ?? rekey ?? refresh, refused: false, reasons, lineage };
  const way = { merge, rekey, refresh, reduce }[mode];
  return { way: way ?? rekey ?? refresh, refused: way === undefined, reasons, lineage };
}

interface Ways extends Pick<ChosenWay, 'reasons' | 'lineage'> {
  readonly merge?: Extract<Way, { kind: 'merge' }>;
  readonly rekey?: Extract<Way, { kind: 'rekey' }>;
  readonly reduce?: Extract<Way, { kind: 'reduce' }>;
}

async function findWays(engine: Engine, plan: DerivePlan): Promise<Ways> {
  const bound = await boundPlan(engine, derivedRowsSql(plan), emptyTablesSql(plan));
  if ('error' in bound)
    return {
      reasons: forBoth(
        `The engine does not show the plan: ${bound.error}`,
        'Write the part that it names in another way; "pivot" as aggregates with "filter (where ...)".',
      ),
      lineage: [],
    };
  const traced = tracePlan(bound.root, presentIn(plan));
  const lineage = columnsOf(plan.dataset).map((field, i) => ({
    column: field.name,
    sources: [...(traced.columns[i]?.sources ?? [])].sort(),
  }));
  if (plan.mode === 'reduce') return { ...reduceWay(plan, bound.root), lineage };
  if (plan.schedule)
    return {
      reasons: forBoth(
        'The transform runs on a schedule, and now() may change any row.',
        'Remove "every" (and now()), and let those who read compare with the time.',
      ),
      lineage,
    };
  const forgetful = plan.tables.find((table) => table.forgets);
  if (forgetful) {
    const reason = `Old records of "${forgetful.name}", which has no key, are dropped.`;
    const instead = `Remove "history" from the product behind "${forgetful.name}", or give it a key.`;
    return { reasons: forBoth(reason, instead), lineage };
  }
  const isAppended = (name: string) =>
    plan.tables.some((table) => table.name === name && table.dataset.key === 'none');
  const merge = planMerge(plan.dataset, bound.root, isAppended);
  const rekey = planRekey(plan.dataset, traced);
  return {
    ...('reason' in merge ? {} : { merge: { kind: 'merge', merge } }),
    ...('reason' in rekey ? {} : { rekey: { kind: 'rekey', rekey } }),
    reasons: [
      ...('reason' in merge ? [{ not: 'merge', ...merge } as const] : []),
      ...('reason' in rekey ? [{ not: 'rekey', ...rekey } as const] : []),
    ],
    lineage,
  };
}

function reduceWay(plan: DerivePlan, root: SqlNode): Pick<Ways, 'reduce' | 'reasons'> {
  const reduce = planReduce(plan.dataset, root);
  if ('reason' in reduce) return { reasons: [{ not: 'reduce', ...reduce }] };
  return { reduce: { kind: 'reduce', reduce }, reasons: [] };
}

function forBoth(reason: string, instead: string): readonly NotTaken[] {
  return [
    { not: 'merge', reason, instead },
    { not: 'rekey', reason, instead },
  ];
}

/** A row without a key that names fields has no identity; other fields may have been null before they became `required`. */
function presentIn({ tables }: DerivePlan): PresentColumns {
  const present = new Map(
    tables.map(({ name, dataset: { key } }) => [name, typeof key === 'string' ? [] : key]),
  );
  return (table) => new Set(present.get(table));
}
