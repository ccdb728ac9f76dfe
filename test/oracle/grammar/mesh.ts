/** A random mesh: products that are pushed to, and products derived from these and from each other. */
import type { Draw } from './draw.ts';
import { Queries } from './queries.ts';
import { type Column, type Kind, type Relation, SCALARS, SPEC_TYPES } from './relation.ts';

export interface PushedProduct {
  readonly name: string;
  readonly columns: readonly Column[];
  readonly key: readonly string[] | 'row' | 'none';
}

export interface DerivedProduct {
  readonly name: string;
  readonly columns: readonly Column[];
  readonly key: readonly string[] | 'row';
  readonly reads: readonly string[];
  readonly sql: string;
}

export interface DrawnMesh {
  readonly pushed: readonly PushedProduct[];
  /** Each after those that it reads. */
  readonly derived: readonly DerivedProduct[];
}

const PRODUCTS_MAX = 5;
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
  const tables: Relation[] = pushed.map((product) => ({
    from: product.name,
    columns: product.columns,
    key: keyNames(product),
    rows: 12,
  }));
  const derived: DerivedProduct[] = [];
  for (let left = draw.between(1, PRODUCTS_MAX - pushed.length); left > 0; left--) {
    const { product, rows } = drawDerived(draw, tables);
    derived.push(product);
    tables.push({ from: product.name, columns: product.columns, key: keyNames(product), rows });
  }
  return { pushed, derived };
}

function keyNames(product: PushedProduct | DerivedProduct): readonly string[] | undefined {
  if (product.key === 'none') return undefined;
  return product.key === 'row' ? product.columns.map(({ name }) => name) : product.key;
}

function drawPushed(draw: Draw): PushedProduct {
  const key: Column[] = [{ name: 'id', kind: 'integer', required: true }];
  if (draw.chance(0.3)) key.push({ name: 'part', kind: 'string', required: true });
  const others = draw.times(2, 5, () => ({ name: draw.name('f'), kind: draw.one(OTHERS) }));
  const roll = draw.between(1, 10);
  const keyed = roll > 4 ? key.map(({ name }) => name) : roll > 2 ? ('none' as const) : ('row' as const);
  return { name: draw.name('base'), columns: [...key, ...others], key: keyed };
}

function drawDerived(draw: Draw, tables: readonly Relation[]): { product: DerivedProduct; rows: number } {
  const { columns, key, rows, sql: whole } = new Queries(draw, tables).statement();
  const isScalar = (name: string) =>
    SCALARS.includes(columns.find((column) => column.name === name)?.kind ?? 'array');
  const usable = key && key.length > 0 && key.every(isScalar) && draw.chance(0.9) ? key : ('row' as const);
  // Keys of products are never null.
  const nullable = columns.filter((column) => usable.includes(column.name) && !column.required);
  const present = nullable.map(({ name }) => `${name} is not null`).join(' and ');
  const sql = usable === 'row' || present === '' ? whole : `select * from (${whole}) where ${present}`;
  const reads = tables.map(({ from }) => from).filter((name) => new RegExp(`\\b${name}\\b`).test(sql));
  const name = draw.name('view');
  const typed = columns.map((column) => ({
    ...column,
    required: column.required === true || usable.includes(column.name),
  }));
  return { product: { name, columns: typed, key: usable, reads, sql }, rows };
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

function derivedText({ reads, sql }: DerivedProduct, mode: string | undefined): string {
  const inputs = reads.map((name) => `  ${name}: test.${name}@1`);
  const forced = mode === undefined ? '' : `\n  mode: ${mode}`;
  return `inputs:\n${inputs.join('\n')}\ntransform:\n  sql: ${JSON.stringify(sql)}${forced}`;
}

function specText({ name, columns, key }: PushedProduct | DerivedProduct, how: string): string {
  const fields = columns.map((column) => `  ${column.name}: ${SPEC_TYPES[column.kind]}`);
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
