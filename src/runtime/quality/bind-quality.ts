/** What `wharf check` says of checks and promises. */
import type { Engine } from '../../engine/engine.ts';
import { bindChecks } from '../../quality/bind-checks.ts';
import { composePromises } from '../../quality/compose-promises.ts';
import { goldNeeds } from '../../quality/gold-needs.ts';
import { isChecked } from '../../quality/plan-checks.ts';
import type { Diagnostic } from '../../spec/diagnostic.ts';
import type { Check, Mesh, Product } from '../../spec/model.ts';
import { findUnrepeatable } from '../../transform/find-unrepeatable.ts';
import { parseSql } from '../../transform/parse-sql.ts';

/** Promises that cannot hold; needs no engine. */
export function promiseProblems(mesh: Mesh): Diagnostic[] {
  const products = new Map(mesh.products.map((product) => [product.id, product]));
  return mesh.products.flatMap((product) => [...goldNeeds(product), ...composePromises(product, products)]);
}

/** True when checks of the mesh have to be bound. */
export function hasChecks(mesh: Mesh): boolean {
  return mesh.products.some(isChecked);
}

export async function bindQuality(engine: Engine, mesh: Mesh): Promise<Diagnostic[]> {
  const products = new Map(mesh.products.map((product) => [product.id, product]));
  const found: Diagnostic[] = [];
  for (const product of mesh.products.filter(isChecked)) {
    const foreign = await foreignReads(engine, product);
    const bound = foreign.length > 0 ? [] : await bindChecks(engine, product, products);
    found.push(...foreign, ...bound);
  }
  return found;
}

/** A query of a check sees the dataset and nothing else: no files, no other table. */
async function foreignReads(engine: Engine, product: Product): Promise<Diagnostic[]> {
  const found: Diagnostic[] = [];
  for (const check of product.checks.filter(({ kind }) => kind === 'sql')) {
    const tree = await parseSql(engine, String(check.options.sql).replaceAll('{table}', '_rows'));
    if (tree.error) continue;
    const [problem] = findUnrepeatable(tree, ['_rows']).filter(({ severity }) => severity === 'error');
    if (problem) found.push(foreign(check, problem.message));
  }
  return found;
}

function foreign(check: Check, message: string): Diagnostic {
  const said = message.replace('The transform', 'The query').replaceAll('_rows', '{table}');
  return {
    code: 'CHECK_INVALID',
    severity: 'error',
    message: `The check "${check.id}" cannot be run: ${said}`,
    place: check.place,
    hint: 'A query of a check is one SELECT that reads {table}.',
  };
}
