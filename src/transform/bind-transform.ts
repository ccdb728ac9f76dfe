/** `wharf check` for transforms: their SQL, bound by the engine against empty typed tables. */
import type { Engine } from '../engine/engine.ts';
import type { Field } from '../schema/field.ts';
import type { Diagnostic } from '../spec/diagnostic.ts';
import type { Product, SpecPlace, Transform } from '../spec/model.ts';
import { analyseMap, type MapProblem } from './analyse-map.ts';

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

function diagnosticOf(problem: MapProblem, transform: Transform): Diagnostic {
  const { code, message, expected, received, hint, offset } = problem;
  return {
    code,
    severity: 'error',
    message,
    place: placeOf(transform, offset),
    ...(expected === undefined ? {} : { expected }),
    ...(received === undefined ? {} : { received }),
    ...(hint === undefined ? {} : { hint }),
  };
}

/** In the SQL's own file where it has one; what is written inline is told at the transform, since YAML may have folded it. */
function placeOf(transform: Transform, offset: number | undefined): SpecPlace {
  if (transform.file === undefined) return transform.place;
  const before = transform.source.slice(0, offset ?? 0).split('\n');
  return { file: transform.file, line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}
