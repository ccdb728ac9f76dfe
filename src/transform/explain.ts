/** How a product's rows come about, for `wharf explain`. */
import type { Engine } from '../engine/engine.ts';
import { columnsOf, keyFieldsOf } from '../schema/field.ts';
import { sqlType } from '../schema/sql-type.ts';
import type { Product } from '../spec/model.ts';
import { type ChosenWay, chooseWay, type Way } from './choose-way.ts';
import { type DerivePlan, derivePlanOf } from './derive-plan.ts';
import { movingTables, planNear } from './plan/near-plan.ts';
import { pathText } from './plan/path-text.ts';

export interface Explanation {
  readonly product: string;
  readonly way: Way['kind'] | 'record by record' | 'as captured';
  /** A sentence. */
  readonly reason: string;
  readonly key: readonly string[];
  readonly inputs: readonly { readonly name: string; readonly from: string }[];
  /** For `rekey`: what of each input tells which keys a changed row touches. */
  readonly traced: readonly { readonly field: string; readonly input: string; readonly by: string }[];
  /** Why it does not go a cheaper way, and what would have to be written for it. */
  readonly cheaper: readonly {
    readonly way: Way['kind'];
    readonly reason: string;
    readonly instead: string;
  }[];
  readonly columns: readonly {
    readonly name: string;
    readonly type: string;
    /** Columns of inputs, as `input.column`; undefined when they are not known. */
    readonly sources: readonly string[] | undefined;
  }[];
}

const REASONS = {
  merge: 'New rows of the input are grouped alone and combined with what is there.',
  rekey: 'Only the keys that changed rows of the inputs touch are computed again.',
  refresh: 'The whole query runs, and only the difference is journaled.',
  reduce:
    'The query sees each record of the input once, and the reductions of the fields add up what it gives.',
} as const;

/** In order. */
const COST: Readonly<Record<Way['kind'], number>> = { reduce: 0, merge: 1, rekey: 2, refresh: 3 };

/** `products` holds all of the mesh, by id; it has passed the check. Throws what the engine throws. */
export async function explainProduct(
  engine: Engine,
  product: Product,
  products: ReadonlyMap<string, Product>,
): Promise<Explanation> {
  const plan = derivePlanOf(product, products);
  if (!plan) return explainCaptured(product);
  if (plan.language === 'typescript')
    return {
      ...explainCaptured(product),
      way: 'refresh',
      reason: 'Each record of the inputs is given to the functions.',
    };
  return explainDerived(product, plan, await chooseWay(engine, plan, plan.mode));
}

function explainCaptured(product: Product): Explanation {
  const { transform } = product;
  return {
    product: product.id,
    way: transform ? 'record by record' : 'as captured',
    reason: transform
      ? 'Each record of the input is mapped by itself, when it comes.'
      : 'Records are kept as the input sends them.',
    key: keyOf(product),
    inputs: inputsOf(product),
    traced: [],
    cheaper: [],
    columns: columnsOfProduct(product, undefined),
  };
}

function explainDerived(product: Product, plan: DerivePlan, chosen: ChosenWay): Explanation {
  const { way } = chosen;
  const traced =
    way.kind === 'rekey'
      ? withoutRepeats(
          way.rekey.leaves.flatMap(({ leaf, paths }) =>
            paths.map((path, i) => ({
              field: way.rekey.fields[i] ?? '',
              input: leaf.table,
              by: pathText(leaf, path),
            })),
          ),
        )
      : [];
  const asked = plan.mode === way.kind ? ' The spec asks for it (transform.mode).' : '';
  return {
    product: product.id,
    way: way.kind,
    reason: `${REASONS[way.kind]}${nearReason(plan, way)}${asked}`,
    key: keyOf(product),
    inputs: inputsOf(product),
    traced,
    cheaper: chosen.reasons
      .filter(({ not }) => COST[not] < COST[way.kind])
      .map(({ not: other, reason, instead }) => ({ way: other, reason, instead })),
    columns: columnsOfProduct(product, chosen.lineage),
  };
}

function nearReason(plan: DerivePlan, way: Way): string {
  const near = way.kind === 'rekey' ? planNear(plan, way.rekey) : undefined;
  const moving = near ? movingTables(near) : [];
  return moving.length === 0
    ? ''
    : ` A few changed rows of ${moving.join(', ')} are answered by look-ups, and no file is read.`;
}

/** A table that is read at several places may be traced alike at each. */
function withoutRepeats(traced: Explanation['traced']): Explanation['traced'] {
  return [...new Map(traced.map((one) => [JSON.stringify(one), one])).values()];
}

function keyOf(product: Product): readonly string[] {
  const [dataset] = product.datasets;
  return dataset ? keyFieldsOf(dataset).map((field) => field.name) : [];
}

function inputsOf(product: Product): Explanation['inputs'] {
  return product.inputs.map((input) => ({
    name: input.name,
    from: input.kind === 'product' ? input.product : input.from,
  }));
}

function columnsOfProduct(
  product: Product,
  lineage: ChosenWay['lineage'] | undefined,
): Explanation['columns'] {
  const fields = product.datasets[0] ? columnsOf(product.datasets[0]) : [];
  return fields.map((field) => {
    const sources = lineage?.find(({ column }) => column === field.name)?.sources;
    return {
      name: field.name,
      type: sqlType(field).toLowerCase(),
      sources: sources?.length ? sources : undefined,
    };
  });
}
