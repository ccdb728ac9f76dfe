/** `wharf check` for maps over external inputs: their SQL, bound by the engine against empty typed tables. */
import type { Engine } from '../engine/engine.ts';
import type { Field } from '../schema/field.ts';
import type { Diagnostic } from '../spec/diagnostic.ts';
import type { Product } from '../spec/model.ts';
import { analyseMap } from './analyse-map.ts';
import { diagnosticOf } from './diagnostic-of.ts';

export interface BindRequest {
  readonly product: Product;
  /** What the records of each external input look like. */
  readonly inputs: ReadonlyMap<string, readonly Field[]>;
}

export async function bindTransform(engine: Engine, { product, inputs }: BindRequest): Promise<Diagnostic[]> {
  const { transform } = product;
  const [dataset] = product.datasets;
  if (!transform || !dataset) return [];
  const [[input, fields] = ['', []]] = inputs;
  const problems = await analyseMap(engine, { sql: transform.source, input, fields, dataset });
  return problems.map((problem) => diagnosticOf(problem, transform));
}
