import { parseSchedule, type Schedule } from '../base/schedule.ts';
import { columnsOf, type Dataset } from '../schema/field.ts';
import { sqlName, sqlType } from '../schema/sql-type.ts';
import type { ExternalInput, Product, ProductInput, Transform } from '../spec/model.ts';
import { noChangesSql } from './changes.ts';
import { scheduledClockSql } from './scheduled-clock.ts';
import { sourceTable, sourceTableStream } from './source-log.ts';

/** One table that a derived product's SQL may read: a dataset of an input, as a table of the input's name. */
export interface DeriveTable {
  /** The input's name; further datasets of the same product are `input__dataset`. */
  readonly name: string;
  /** The journal of the product that it is a dataset of, `flights.departures@1`; or that of an external input. */
  readonly stream: string;
  readonly dataset: Dataset;
  /** Rows may go without a record that says so: those of a dataset without a key, once they are too old to be kept. */
  readonly forgets: boolean;
}

/** A derived product: a query (or TypeScript) over the states of other products, as it is declared. */
export interface DerivePlan {
  /** `sql` holds the source in this language. */
  readonly language: Transform['language'];
  readonly sql: string;
  /** The way that the spec asks for. */
  readonly mode?: Transform['mode'];
  /** When the query runs; undefined for whenever an input moves. */
  readonly schedule?: Schedule | undefined;
  readonly tables: readonly DeriveTable[];
  readonly dataset: Dataset;
}

/** True where the rows come of a query over tables: other products, or several external inputs. */
export function isDerived(product: Product): boolean {
  const readsTables = product.transform?.language === 'sql' && product.inputs.length > 1;
  return productInputs(product).length > 0 || readsTables;
}

export function productInputs(product: Product): readonly ProductInput[] {
  return product.inputs.filter((input) => input.kind === 'product');
}

/** How many derivations lie between a product and what is captured: 0 for one that reads no other product. */
export function depthOf(
  product: Product,
  products: ReadonlyMap<string, Product>,
  known = new Map<string, number>(),
): number {
  const depths = productInputs(product).map((input) => {
    const read = products.get(input.product);
    return read ? (known.get(read.id) ?? depthOf(read, products, known)) + 1 : 1;
  });
  const depth = Math.max(0, ...depths);
  known.set(product.id, depth);
  return depth;
}

/** Undefined for a product that is not derived. `products` holds those that it reads, by id. */
export function derivePlanOf(
  product: Product,
  products: ReadonlyMap<string, Product>,
): DerivePlan | undefined {
  const { inputs } = product;
  const [dataset] = product.datasets;
  const { transform } = product;
  if (!isDerived(product) || !transform || !dataset) return undefined;
  const tables = inputs.flatMap((input) => {
    if (input.kind === 'external') return [externalTable(product, input)];
    const read = products.get(input.product);
    if (!read) throw new Error(`Invariant broken: the checked input ${input.product} is not in the mesh`);
    return read.datasets.map((of, i) => ({
      name: i === 0 ? input.name : `${input.name}__${of.name}`,
      stream: read.id,
      dataset: of,
      forgets: of.key === 'none' && read.historyMs !== undefined,
    }));
  });
  const { language, source: sql, mode, every } = transform;
  const schedule = every === undefined ? undefined : parseSchedule(every);
  return { language, sql, mode, schedule, tables, dataset };
}

function externalTable(product: Product, input: ExternalInput): DeriveTable {
  const stream = sourceTableStream(product, input);
  return { name: input.name, stream, dataset: sourceTable(input), forgets: false };
}

/** Statements that create the tables, typed and empty, for binding. */
export function emptyTablesSql(plan: DerivePlan): string[] {
  const clock = plan.schedule ? scheduledClockSql(0) : [];
  const tables = plan.tables.flatMap(({ name, dataset }) => {
    if (plan.mode === 'reduce') return noChangesSql(name, dataset);
    const columns = columnsOf(dataset).map((field) => `${sqlName(field.name)} ${sqlType(field)}`);
    return [`create temp table ${sqlName(name)} (${columns.join(', ')})`];
  });
  return [...clock, ...tables];
}

/** A query of the dataset's columns, typed as they are stored. The SQL stands in it as it was written. */
export function derivedRowsSql(plan: DerivePlan): string {
  const columns = columnsOf(plan.dataset).map(
    (field) => `cast(${sqlName(field.name)} as ${sqlType(field)}) as ${sqlName(field.name)}`,
  );
  const distinct = plan.dataset.key === 'row' ? 'distinct ' : '';
  return `select ${distinct}${columns.join(', ')} from (${statementOf(plan.sql)}\n)`;
}

/** The statement without the semicolon that may end it. */
export function statementOf(sql: string): string {
  return sql.replace(/[;\s]+$/, '');
}
