/** Which way keeps each derived product of a mesh up to date. */
import type { Engine } from '../../src/engine/engine.ts';
import type { Mesh } from '../../src/spec/model.ts';
import { chooseWay } from '../../src/transform/choose-way.ts';
import { derivePlanOf } from '../../src/transform/derive-plan.ts';

export type Mode = 'merge' | 'rekey' | 'refresh';

export type TakenWay = Mode | 'reduce';

export function modeOf(text: string | undefined): Mode | undefined {
  if (text === undefined || text === 'merge' || text === 'rekey' || text === 'refresh') return text;
  throw new Error(`"${text}" is not a way: merge, rekey or refresh`);
}

/** By the product's short name. With a mode: only the products that can be kept in this way, and those that reduce. */
export async function waysOf(engine: Engine, mesh: Mesh, mode?: Mode): Promise<Map<string, TakenWay>> {
  const products = new Map(mesh.products.map((product) => [product.id, product]));
  const ways = new Map<string, TakenWay>();
  for (const product of mesh.products) {
    const plan = derivePlanOf(product, products);
    if (!plan) continue;
    const reduces = plan.mode === 'reduce';
    const { way, refused, reasons } = await chooseWay(engine, plan, reduces ? plan.mode : mode);
    if (!refused) ways.set(product.shortName, way.kind);
    else if (reduces) throw new Error(`${product.name} cannot reduce: ${JSON.stringify(reasons)}`);
  }
  return ways;
}
