/** What must be declared for a query to be kept up to date by `mode: reduce`. */
import type { Product } from '../spec/model.ts';
import { recordColumnNames } from './changes.ts';
import type { DerivePlan } from './derive-plan.ts';

export interface DeclarationProblem {
  /** A sentence. */
  readonly message: string;
  readonly hint: string;
}

/** All that is wrong; nothing for a product that is not reduced. */
export function reduceDeclarationProblems(product: Product, plan: DerivePlan): DeclarationProblem[] {
  if (plan.mode !== 'reduce') return [];
  const { name } = product;
  const problems: DeclarationProblem[] = [];
  const [table, ...others] = plan.tables;
  if (others.length > 0)
    problems.push({
      message: `${name} reduces ${plan.tables.length} tables (${plan.tables.map((t) => t.name).join(', ')}); how their records follow each other is not known.`,
      hint: 'Make a product of each, and derive one from them.',
    });
  if (plan.schedule)
    problems.push({
      message: `${name} reduces the records of its input and runs on a schedule, so now() would differ between them.`,
      hint: 'Remove "every", or "mode".',
    });
  if (plan.dataset.key === 'row')
    problems.push({
      message: `${name} reduces records, and all of a row is its key, so nothing is left to add up.`,
      hint: 'Declare a key of fields.',
    });
  return table ? [...problems, ...inputProblems(name, table)] : problems;
}

function inputProblems(product: string, table: DerivePlan['tables'][number]): DeclarationProblem[] {
  const problems: DeclarationProblem[] = [];
  if (table.dataset.key !== 'none')
    problems.push({
      message: `${product} reduces the records of "${table.name}", which may be replaced or deleted.`,
      hint: 'Read an input with "key: none", or leave out "mode": then what was replaced is taken back.',
    });
  if (table.forgets)
    problems.push({
      message: `${product} reduces the records of "${table.name}", whose old records are dropped, so it could not be computed again.`,
      hint: 'Remove "history" from the product that is read.',
    });
  const taken = recordColumnNames().filter((column) =>
    table.dataset.fields.some((field) => field.name.toLowerCase() === column),
  );
  if (taken.length > 0)
    problems.push({
      message: `"${table.name}" has the field "${taken[0]}", and changes(${table.name}) has a column of that name of its own.`,
      hint: 'Read it through a product that calls the field otherwise.',
    });
  return problems;
}
