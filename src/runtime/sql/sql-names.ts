/** What products are called in SQL: schema = domain, table = product, `_v2` for other majors, `__dataset` for further datasets. */
import { WharfError } from '../../base/errors.ts';
import { didYouMean } from '../../base/suggest.ts';
import { BUILT_IN_PRODUCTS } from '../../catalog/system/all-products.ts';
import type { TableName } from '../../engine/admit/admit-statement.ts';
import type { Dataset } from '../../schema/field.ts';
import { parseFieldLink, parseFieldReference } from '../../spec/draft/references.ts';
import type { Mesh, Product } from '../../spec/model.ts';
import './errors.ts';

/** A column whose values are those of a column of another dataset. */
export interface SqlReference {
  readonly field: string;
  readonly stream: string;
  readonly dataset: string;
  readonly target: string;
}

export interface SqlTable {
  readonly schema: string;
  readonly table: string;
  /** `flights.departures@1` */
  readonly stream: string;
  readonly dataset: Dataset;
  readonly doc: string;
  /** As the product's checks say. */
  readonly references: readonly SqlReference[];
}

/** The name of the database: that of the mesh, unless a domain is called so too. */
export function databaseName(mesh: Mesh): string {
  const name = underscored(mesh.name);
  return mesh.products.some((product) => underscored(product.domain) === name) ? `${name}_mesh` : name;
}

/** All tables by `schema.table`, lower case, whoever may know of them. */
export function sqlTables(mesh: Mesh): ReadonlyMap<string, SqlTable> {
  const products = [...mesh.products, ...BUILT_IN_PRODUCTS];
  const tables = products
    .filter((product) => product.outputs.some(({ port }) => port === 'sql'))
    .flatMap((product) => tablesOf(product, products));
  return new Map(tables.map((table) => [`${table.schema}.${table.table}`, table]));
}

export interface NamedHere {
  readonly tables: ReadonlyMap<string, SqlTable>;
  readonly database: string;
  /** Whether who asks may know of a table. */
  readonly isSeen: (table: SqlTable) => boolean;
}

/**
 * A name without a schema is looked for in the search path, or is that of the one table that is called so. Throws TABLE_UNKNOWN; a
 * hidden product is as unknown as an absent one.
 */
export function findTable(
  { tables, database, isSeen }: NamedHere,
  name: TableName,
  searchPath: readonly string[] | undefined,
): SqlTable {
  const seen = (key: string) => {
    const table = tables.get(key.toLowerCase());
    return table && isSeen(table) ? [table] : [];
  };
  const isHere = name.catalog === '' || name.catalog.toLowerCase() === database;
  const schemas = name.schema === '' ? (searchPath ?? schemasOf(tables, name.table)) : [name.schema];
  const found = schemas.flatMap((schema) => seen(`${schema}.${name.table}`));
  const [first, ...others] = found;
  if (first && isHere && (others.length === 0 || searchPath)) return first;
  const written = [name.catalog, name.schema, name.table].filter((part) => part !== '').join('.');
  const known = [...tables].filter(([, table]) => isSeen(table));
  const same = known.flatMap(([, table]) => (table.table === name.table.toLowerCase() ? [table] : []));
  const hint =
    same.length > 0
      ? `Name its schema, too: ${same.map(({ schema, table }) => `${schema}.${table}`).join(' or ')}.`
      : didYouMean(
          written,
          known.map(([key]) => key),
        ) || 'information_schema.tables lists all of them.';
  throw new WharfError('TABLE_UNKNOWN', `There is no table "${written}" here.`, {
    hint,
    details: { sqlState: '42P01', ...(name.location === undefined ? {} : { byte: name.location }) },
  });
}

/** The schemas that have a table of this name. */
function schemasOf(tables: ReadonlyMap<string, SqlTable>, wanted: string): string[] {
  return [...tables.values()].flatMap(({ schema, table }) => (table === wanted.toLowerCase() ? schema : []));
}

function tablesOf(product: Product, all: readonly Product[]): SqlTable[] {
  const major = product.major === 1 ? '' : `_v${product.major}`;
  return product.datasets.map((dataset, i) => ({
    schema: underscored(product.domain),
    table: `${underscored(product.shortName)}${major}${i === 0 ? '' : `__${underscored(dataset.name)}`}`,
    stream: product.id,
    dataset,
    doc: product.purpose,
    references: referencesOf(product, dataset, all),
  }));
}

function underscored(name: string): string {
  return name.replaceAll('-', '_').toLowerCase();
}

function referencesOf(product: Product, dataset: Dataset, all: readonly Product[]): SqlReference[] {
  return product.checks.flatMap(({ kind, options }) => {
    const link = kind === 'references' ? parseFieldLink(String(options.references)) : undefined;
    const target = link && parseFieldReference(link.target);
    if (!link || !target) return [];
    const majors = all.filter(({ name }) => name === target.product);
    const found = majors
      .filter(({ major }) => target.major === undefined || major === target.major)
      .sort((a, b) => b.major - a.major)[0];
    const [named, field] = link.field.includes('.')
      ? link.field.split('.')
      : [product.datasets[0]?.name, link.field];
    const other = target.dataset ?? found?.datasets[0]?.name;
    if (!found || other === undefined || named !== dataset.name || field === undefined) return [];
    return [{ field, stream: found.id, dataset: other, target: target.field }];
  });
}
