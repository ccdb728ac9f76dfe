/** `wharf check` for derived products: how they are declared, and their SQL bound against the products that they read. */
import type { Engine } from '../engine/engine.ts';
import type { Diagnostic } from '../spec/diagnostic.ts';
import type { Product, SpecPlace, Transform } from '../spec/model.ts';
import { analyseDerive } from './analyse-derive.ts';
import { chooseWay } from './choose-way.ts';
import { type DerivePlan, derivePlanOf, isDerived, productInputs } from './derive-plan.ts';
import { diagnosticOf } from './diagnostic-of.ts';
import { reduceDeclarationProblems } from './reduce-declaration.ts';

/** `products` holds all of the mesh, by id. Nothing for a product that is not derived. */
export async function bindDerive(
  engine: Engine,
  product: Product,
  products: ReadonlyMap<string, Product>,
): Promise<Diagnostic[]> {
  if (!isDerived(product)) return [];
  const plan = derivePlanOf(product, products);
  const wrong = [...declarationProblems(product), ...reduceProblems(product, plan)];
  if (!plan || !product.transform || wrong.length > 0) return wrong;
  const { transform } = product;
  // See `typescript/bind-typescript.ts`.
  if (transform.language === 'typescript') return [];
  const problems = (await analyseDerive(engine, plan)).map((problem) => diagnosticOf(problem, transform));
  if (problems.some((problem) => problem.severity === 'error')) return problems;
  return [...problems, ...(await modeProblems(engine, plan, transform))];
}

function reduceProblems(product: Product, plan: DerivePlan | undefined): Diagnostic[] {
  return (plan ? reduceDeclarationProblems(product, plan) : []).map((problem) => ({
    code: 'TRANSFORM_DERIVED',
    severity: 'error',
    place: product.place,
    ...problem,
  }));
}

/** A way that the spec asks for must be one that is right. */
async function modeProblems(engine: Engine, plan: DerivePlan, transform: Transform): Promise<Diagnostic[]> {
  if (plan.mode === undefined) return [];
  const { refused, way, reasons } = await chooseWay(engine, plan, plan.mode);
  if (!refused) return [];
  const why = reasons.find((reason) => reason.not === plan.mode);
  return [
    {
      code: 'TRANSFORM_MODE',
      severity: 'error',
      message: `The transform cannot be kept up to date by ${plan.mode}. ${why?.reason ?? ''}`,
      place: transform.place,
      expected: `a query for which ${plan.mode} is right`,
      received: plan.mode === 'reduce' ? 'one for which it is not' : `one for which ${way.kind} is`,
      hint: `${why?.instead ?? ''} Or remove "mode"${plan.mode === 'reduce' ? '' : ': the cheapest way that is right is taken'}.`,
    },
  ];
}

function declarationProblems(product: Product): Diagnostic[] {
  const { transform, datasets } = product;
  const reduces = transform?.mode === 'reduce';
  const [dataset, second] = datasets;
  const problems: Diagnostic[] = [];
  const add = (message: string, hint: string, place: SpecPlace = product.place) =>
    problems.push({ code: 'TRANSFORM_DERIVED', severity: 'error', message, place, hint });
  if (!transform) {
    const place = productInputs(product)[0]?.place ?? product.place;
    add(
      `${product.name} reads another product and has no transform.`,
      'Write: transform: { sql: ... }',
      place,
    );
  }
  if (second)
    add(
      `${product.name} is derived and has ${datasets.length} datasets; a query gives the rows of one.`,
      'Make a product of each.',
    );
  if (dataset?.key === 'none')
    add(
      `${product.name} is derived and has no key, so its rows could not be replaced.`,
      'Declare a key, or key: row.',
    );
  const reduced = dataset?.fields.find((field) => field.reduce !== undefined && field.reduce !== 'last');
  if (reduced && !reduces)
    add(
      `The field "${reduced.name}" of ${product.name} has the reduction "${reduced.reduce}"; rows of a derived product are replaced.`,
      'Let the query do what the reduction does, and remove it; or add "mode: reduce" to the transform, and read changes(input).',
    );
  return problems;
}
