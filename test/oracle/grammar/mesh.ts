/** A random mesh: products that are pushed to, and products derived from these and from each other. */
import type { Reduction } from '../../../src/schema/field.ts';
import type { Draw } from './draw.ts';
import { Queries } from './queries.ts';
import { reducedQuery } from './reduced.ts';
import { type Column, type Kind, type Query, type Relation, SCALARS, SPEC_TYPES } from './relation.ts';
import { tallyQuery } from './tally.ts';

/** A table that records are pushed into: a product, or an external input of a derived one. */
export interface PushedTable {
  readonly name: string;
  readonly columns: readonly Column[];
  readonly key: readonly string[] | 'row' | 'none';
}

export interface DerivedProduct {
  readonly name: string;
  readonly columns: readonly Column[];
  readonly key: readonly string[] | 'row';
  /** The products among its inputs. */
  readonly reads: readonly string[];
  /** An external input beside them. */
  readonly external?: PushedTable | undefined;
  /** In the mode `reduce`: by column, for those that are not of the key. */
  readonly reductions?: ReadonlyMap<string, Reduction> | undefined;
  readonly sql: string;
}

export interface DrawnMesh {
  readonly pushed: readonly PushedTable[];
  /** Each after those that it reads. */
  readonly derived: readonly DerivedProduct[];
}

const PRODUCTS_MAX = 5;
/** Of products beside a table that only grows. */
const REDUCED_SHARE = 0.25;
const TALLIED_SHARE = 0.2;
const EXTERNAL_SHARE = 0.12;
const OTHERS: readonly Kind[] = [
  'integer',
  'integer',
  'number',
  'decimal',
  'string',
  'string',
  'boolean',
  'date',
  'object',
  'array',
];

export function drawMesh(draw: Draw): DrawnMesh {
  const pushed = draw.times(1, 3, () => drawPushed(draw));
  const tables: Relation[] = pushed.map((table) => relationOf(table, 12));
  const derived: DerivedProduct[] = [];
  for (let left = draw.between(1, PRODUCTS_MAX - pushed.length); left > 0; left--) {
    const { product, rows } = drawDerived(draw, tables);
    derived.push(product);
    // What reduces is read more often than another one, since few do.
    const relation = relationOf(product, rows);
    tables.push(...(product.reductions ? [relation, relation] : [relation]));
  }
  return { pushed, derived };
}

function relationOf(table: PushedTable | DerivedProduct, rows: number): Relation {
  const { name: from, columns } = table;
  if (table.key === 'none') return { from, columns, key: undefined, rows };
  return { from, columns, key: table.key === 'row' ? columns.map(({ name }) => name) : table.key, rows };
}

function drawPushed(draw: Draw): PushedTable {
  const key: Column[] = [{ name: 'id', kind: 'integer', required: true }];
  if (draw.chance(0.3)) key.push({ name: 'part', kind: 'string', required: true });
  const others = draw.times(2, 5, () => ({ name: draw.name('f'), kind: draw.one(OTHERS) }));
  const roll = draw.between(1, 10);
  const keyed = roll > 4 ? key.map(({ name }) => name) : roll > 2 ? ('none' as const) : ('row' as const);
  return { name: draw.name('base'), columns: [...key, ...others], key: keyed };
}

type Drawn = { readonly product: DerivedProduct; readonly rows: number };

function drawDerived(draw: Draw, tables: readonly Relation[]): Drawn {
  const growing = tables.filter(({ key }) => key === undefined);
  if (growing.length > 0 && draw.chance(REDUCED_SHARE)) return drawReduced(draw, draw.one(growing));
  if (growing.length > 0 && draw.chance(TALLIED_SHARE))
    return productOf(draw, tallyQuery(new Queries(draw, growing)), growing);
  // A table of its own has nothing but whole rows, of which each is there once.
  const external = draw.chance(EXTERNAL_SHARE)
    ? { ...drawPushed(draw), name: draw.name('ext'), key: 'row' as const }
    : undefined;
  const own = external ? [relationOf(external, 12)] : [];
  // Twice, so that it is read more often than another one.
  const read = [...own, ...own, ...tables];
  return productOf(draw, new Queries(draw, read).statement(), read, external);
}

function drawReduced(draw: Draw, table: Relation): Drawn {
  const { sql, columns, key, rows, reductions } = reducedQuery(new Queries(draw, [table]), table);
  const product = { name: draw.name('view'), columns, key: key ?? [], reads: [table.from], reductions, sql };
  return { product, rows };
}

/** `tables` are those that the query may read. */
function productOf(draw: Draw, query: Query, tables: readonly Relation[], external?: PushedTable): Drawn {
  const { columns, rows } = query;
  const isScalar = (name: string) =>
    SCALARS.includes(columns.find((column) => column.name === name)?.kind ?? 'array');
  const isKey = query.key && query.key.length > 0 && query.key.every(isScalar) && draw.chance(0.9);
  const key = isKey && query.key ? query.key : ('row' as const);
  const sql = withoutNullKeys(query, key);
  const isRead = (name: string) => new RegExp(`\\b${name}\\b`).test(sql);
  const products = [...new Set(tables.map(({ from }) => from))].filter((name) => name !== external?.name);
  const reads = products.filter(isRead);
  // With nothing beside the external input it would be mapped record by record.
  if (reads.length === 0) reads.push(...products.slice(-1));
  const name = draw.name('view');
  const typed = columns.map((column) => ({
    ...column,
    required: column.required === true || key.includes(column.name),
  }));
  const product = { name, columns: typed, key, reads, sql };
  return { product: external && isRead(external.name) ? { ...product, external } : product, rows };
}

/** Keys of products are never null. */
function withoutNullKeys({ sql, columns }: Query, key: readonly string[] | 'row'): string {
  const nullable = columns.filter((column) => key.includes(column.name) && !column.required);
  const present = nullable.map(({ name }) => `${name} is not null`).join(' and ');
  return key === 'row' || present === '' ? sql : `select * from (${sql}) where ${present}`;
}

/** The mesh as specs. `modes` forces a way on derived products, by name. */
export function meshTexts(
  mesh: DrawnMesh,
  modes: ReadonlyMap<string, string> = new Map(),
): Record<string, string> {
  const files: Record<string, string> = { 'mesh.yaml': 'mesh: oracle\n' };
  for (const product of mesh.pushed)
    files[`${product.name}.product.yaml`] = specText(product, 'inputs:\n  source: { from: push }');
  for (const product of mesh.derived)
    files[`${product.name}.product.yaml`] = specText(product, derivedText(product, modes.get(product.name)));
  return files;
}

function derivedText({ reads, external, reductions, sql }: DerivedProduct, mode: string | undefined): string {
  const inputs = reads.map((name) => `  ${name}: test.${name}@1`);
  if (external) {
    const fields = external.columns.map(({ name, kind }) => `${name}: ${SPEC_TYPES[kind]}`);
    inputs.push(`  ${external.name}: { from: push, fields: { ${fields.join(', ')} } }`);
  }
  const asked = reductions ? 'reduce' : mode;
  const forced = asked === undefined ? '' : `\n  mode: ${asked}`;
  return `inputs:\n${inputs.join('\n')}\ntransform:\n  sql: ${JSON.stringify(sql)}${forced}`;
}

function specText(table: PushedTable | DerivedProduct, how: string): string {
  const { name, columns, key } = table;
  const reductions = 'reductions' in table ? table.reductions : undefined;
  const fields = columns.map((column) => {
    const reduce = reductions?.get(column.name);
    const type = SPEC_TYPES[column.kind];
    return `  ${column.name}: ${reduce === undefined ? type : type.replace(/ }$/, `, reduce: ${reduce} }`)}`;
  });
  return `product: test.${name}
version: 1.0.0
status: active
owner: oracle
purpose: To be judged.
${how}
key: ${typeof key === 'string' ? key : `[${key.join(', ')}]`}
fields:
${fields.join('\n')}
access:
  - { allow: [anyone] }
`;
}
