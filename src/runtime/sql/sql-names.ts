/** What products are called in SQL: schema = domain, table = product, `_v2` for other majors, `__dataset` for further datasets. */
import { WharfError } from '../../base/errors.ts';
import { didYouMean } from '../../base/suggest.ts';
import { BUILT_IN_PRODUCTS } from '../../catalog/system/all-products.ts';
import type { TableName } from '../../engine/admit/admit-statement.ts';
import type { Dataset } from '../../schema/field.ts';
import type { Mesh, Product } from '../../spec/model.ts';
import './errors.ts';

export interface SqlTable {
  readonly schema: string;
  readonly table: string;
  /** `flights.departures@1` */
  readonly stream: string;
  readonly dataset: Dataset;
  readonly doc: string;
}

/** The name of the database: that of the mesh, unless a domain is called so too. */
export function databaseName(mesh: Mesh): string {
  const name = underscored(mesh.name);
  return mesh.products.some((product) => underscored(product.domain) === name) ? `${name}_mesh` : name;
}

/** All tables by `schema.table`, lower case. */
export function sqlTables(mesh: Mesh): ReadonlyMap<string, SqlTable> {
  const products = [...mesh.products, ...BUILT_IN_PRODUCTS];
  const tables = products
    .filter((product) => product.outputs.some(({ port }) => port === 'sql'))
    .flatMap(tablesOf);
  return new Map(tables.map((table) => [`${table.schema}.${table.table}`, table]));
}

/** Throws TABLE_UNKNOWN; a hidden product is as unknown as an absent one. */
export function findTable(
  tables: ReadonlyMap<string, SqlTable>,
  database: string,
  name: TableName,
): SqlTable {
  const isHere = name.catalog === '' || name.catalog.toLowerCase() === database;
  const found = isHere ? tables.get(`${name.schema}.${name.table}`.toLowerCase()) : undefined;
  if (found) return found;
  const written = [name.catalog, name.schema, name.table].filter((part) => part !== '').join('.');
  const same = [...tables.values()].filter(({ table }) => table === name.table.toLowerCase());
  const hint =
    same.length > 0
      ? `Name its schema, too: ${same.map(({ schema, table }) => `${schema}.${table}`).join(' or ')}.`
      : didYouMean(written, [...tables.keys()]) || 'information_schema.tables lists all of them.';
  throw new WharfError('TABLE_UNKNOWN', `There is no table "${written}" here.`, {
    hint,
    details: { sqlState: '42P01', ...(name.location === undefined ? {} : { byte: name.location }) },
  });
}

function tablesOf(product: Product): SqlTable[] {
  const major = product.major === 1 ? '' : `_v${product.major}`;
  return product.datasets.map((dataset, i) => ({
    schema: underscored(product.domain),
    table: `${underscored(product.shortName)}${major}${i === 0 ? '' : `__${underscored(dataset.name)}`}`,
    stream: product.id,
    dataset,
    doc: product.purpose,
  }));
}

function underscored(name: string): string {
  return name.replaceAll('-', '_').toLowerCase();
}
