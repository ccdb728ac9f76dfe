/** `wharf check` for checks: each is run on an empty table of its dataset, so that what cannot be run is known before there is data. */
import type { Engine } from '../engine/engine.ts';
import { columnsOf, type Dataset, type Field } from '../schema/field.ts';
import { sqlName, sqlType } from '../schema/sql-type.ts';
import type { Diagnostic } from '../spec/diagnostic.ts';
import type { Product } from '../spec/model.ts';
import { attempt } from './attempt.ts';
import { checkStatement } from './measure-table.ts';
import { planChecks } from './plan-checks.ts';
import type { CheckReference, PlannedCheck } from './planned-check.ts';
import { isNumeric } from './shift-aspect.ts';

const BIND_DEADLINE_MS = 30_000;

/** `products` holds all of the mesh, by id. */
export async function bindChecks(
  engine: Engine,
  product: Product,
  products: ReadonlyMap<string, Product>,
): Promise<Diagnostic[]> {
  const found: Diagnostic[] = [];
  for (const check of planChecks(product, products)) {
    const problem = typeProblem(check, products) ?? (await sqlProblem(engine, check, products));
    if (problem !== undefined) found.push(diagnostic(check, problem));
  }
  return found;
}

function diagnostic(check: PlannedCheck, problem: string): Diagnostic {
  return {
    code: 'CHECK_INVALID',
    severity: 'error',
    message: `The check "${check.id}" cannot be run: ${problem}`,
    place: check.place,
    hint: hintOf(check),
  };
}

function hintOf({ measure }: PlannedCheck): string {
  if (measure.of === 'value')
    return 'Write a query that gives one value, such as: select count(*) from {table} where ...';
  return 'Correct the check, or the type of the field.';
}

/** What the engine would take, by turning one type into another, and then fail on. */
function typeProblem(check: PlannedCheck, products: ReadonlyMap<string, Product>): string | undefined {
  const { measure } = check;
  if (measure.of === 'age' && measure.field && !['date', 'timestamp'].includes(measure.field.type))
    return `${measure.field.name} is ${measure.field.type}, and only a date or a timestamp has an age.`;
  if (measure.of === 'shift' && measure.aspect.kind === 'quantile' && !isNumeric(measure.field))
    return `${measure.field.name} is ${measure.field.type}, and only numbers have quantiles.`;
  if (measure.of === 'references') {
    const target = fieldOf(measure.reference, products);
    if (target && familyOf(target) !== familyOf(measure.field))
      return `${measure.field.name} is ${measure.field.type}, and ${measure.reference.text} is ${target.type}.`;
  }
  return undefined;
}

function familyOf(field: Field): string {
  return isNumeric(field) ? 'number' : field.type;
}

async function sqlProblem(
  engine: Engine,
  check: PlannedCheck,
  products: ReadonlyMap<string, Product>,
): Promise<string | undefined> {
  const query = queryOf(check);
  if (query === undefined) return undefined;
  const setup = [emptyTableSql('_rows', check.dataset)];
  const { measure } = check;
  if (measure.of === 'references') {
    const target = datasetOf(measure.reference, products);
    if (target) setup.push(emptyTableSql('_reference', target));
  }
  const columns = await attempt(() => engine.describe(query, setup));
  if ('broken' in columns) return columns.broken;
  if (measure.of === 'value' && columns.value.length !== 1)
    return `The query gives ${columns.value.length} columns; it must give one value.`;
  // Values that do not fit their types are only found by running it, on a row of nulls, since nothing is computed of no row.
  const rows = measure.of === 'rows' || measure.of === 'shift' ? ['insert into _rows default values'] : [];
  const statements = [...setup, ...rows, query];
  const run = await attempt(() => engine.run(statements, { deadlineMs: BIND_DEADLINE_MS }));
  return 'broken' in run ? run.broken : undefined;
}

function queryOf({ measure }: PlannedCheck): string | undefined {
  switch (measure.of) {
    case 'rows':
      return `select count(*) filter (where ${measure.bad}) from _rows`;
    case 'references': {
      const target = sqlName(measure.reference.field);
      return `select count(*) filter (where b) from (select ${sqlName(measure.field.name)} not in (select ${target} from _reference) as b from _rows)`;
    }
    case 'value':
      return checkStatement(measure.sql);
    case 'shift':
      return measure.aspect.kind === 'share'
        ? `select count(*) filter (where ${sqlName(measure.field.name)} = ${measure.aspect.literal}) from _rows`
        : undefined;
    default:
      return undefined;
  }
}

function emptyTableSql(name: string, dataset: Dataset): string {
  const columns = columnsOf(dataset).map((field) => `${sqlName(field.name)} ${sqlType(field)}`);
  return `create temp table ${name} (${columns.join(', ')})`;
}

function datasetOf(reference: CheckReference, products: ReadonlyMap<string, Product>): Dataset | undefined {
  return products.get(reference.stream)?.datasets.find(({ name }) => name === reference.dataset);
}

function fieldOf(reference: CheckReference, products: ReadonlyMap<string, Product>): Field | undefined {
  const dataset = datasetOf(reference, products);
  return dataset && columnsOf(dataset).find(({ name }) => name === reference.field);
}
