/** `wharf check` for maps over external inputs: their SQL, bound by the engine against empty typed tables. */
import type { Engine } from '../engine/engine.ts';
import type { Field } from '../schema/field.ts';
import type { Diagnostic } from '../spec/diagnostic.ts';
import type { Product, Transform } from '../spec/model.ts';
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
  const [[input, fields] = ['', []], ...others] = inputs;
  if (others.length > 0) return [severalInputs(transform, [...inputs.keys()])];
  const problems = await analyseMap(engine, { sql: transform.source, input, fields, dataset });
  return problems.map((problem) => diagnosticOf(problem, transform));
}

function severalInputs(transform: Transform, inputs: readonly string[]): Diagnostic {
  return {
    code: 'TRANSFORM_NOT_BY_RECORD',
    severity: 'error',
    message: `The transform has ${inputs.length} external inputs (${inputs.join(', ')}); it can map the records of one.`,
    place: transform.place,
    hint: 'Make a product of each, and derive one from them.',
  };
}
