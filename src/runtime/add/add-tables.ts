/** `wharf add postgres://...`: one product for each table that a source offers, and its connection in mesh.yaml. */
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseDocument } from 'yaml';
import { comment, fieldLines, key as keyText, list, scalar } from '../../catalog/draft/spec-text.ts';
import type { DiscoveredTable, Discovery } from '../../kit/input.ts';
import type { Mesh } from '../../spec/model.ts';
import './errors.ts';

export interface AddTablesOptions {
  readonly mesh: Mesh;
  readonly discovery: Discovery;
  readonly from: string;
  readonly domain: string;
  readonly owner: string | undefined;
  readonly schema: string;
}

export interface AddedTables {
  readonly written: readonly { readonly product: string; readonly spec: string }[];
  /** Tables without a key, and those that are declared already, with the reason. */
  readonly skipped: readonly { readonly table: string; readonly why: string }[];
}

export async function addTables(options: AddTablesOptions): Promise<AddedTables> {
  const { mesh, discovery, domain } = options;
  const written: { product: string; spec: string }[] = [];
  const skipped: { table: string; why: string }[] = [];
  for (const table of discovery.tables) {
    const product = `${domain}.${productName(table.name)}`;
    const spec = `${productName(table.name)}.product.yaml`;
    const file = path.join(mesh.folder, spec);
    if (table.key.length === 0) skipped.push({ table: table.name, why: 'it has no primary key' });
    else if (existsSync(file) || mesh.products.some((one) => one.name === product))
      skipped.push({ table: table.name, why: `the product "${product}" is declared already` });
    else {
      await writeFile(file, specText(options, table), { flag: 'wx' });
      written.push({ product, spec });
    }
  }
  if (written.length > 0) await addConnection(options);
  return { written, skipped };
}

/** Keeps what is written there, comments included. */
async function addConnection({ mesh, discovery }: AddTablesOptions): Promise<void> {
  const { name, type, options } = discovery.connection;
  if (mesh.connections.some((connection) => connection.name === name)) return;
  const file = path.join(mesh.folder, 'mesh.yaml');
  const document = parseDocument(await readFile(file, 'utf8'));
  document.setIn(['connections', name], document.createNode({ type, ...options }));
  await writeFile(file, document.toString());
}

function specText(options: AddTablesOptions, table: DiscoveredTable): string {
  const { discovery, domain, owner, from } = options;
  const connector = { from, connection: discovery.connection.name, ...table.options };
  const input = Object.entries(connector).map(([name, value]) => `${name}: ${scalar(value)}`);
  const short = productName(table.name);
  const known = new Map(discovery.tables.map((one) => [one.name, one]));
  const checks = table.references.flatMap(({ column, table: target, target: field }) =>
    (known.get(target)?.key.length ?? 0) > 0
      ? [`  - references: ${scalar(`${column} -> ${domain}.${productName(target)}.${field}`)}`]
      : [],
  );
  const lines = [
    `# yaml-language-server: $schema=${options.schema}`,
    comment(`Written from the table ${table.name}. Say what the data is for.`),
    `product: ${domain}.${short}`,
    'version: 1.0.0',
    'status: draft',
    ...(owner ? [`owner: ${scalar(owner)}`] : []),
    'alignment: source',
    'tier: bronze',
    `purpose: ${scalar(table.doc ?? `The table ${table.name}, as it is.`)}`,
    '',
    'inputs:',
    `  ${keyText(short)}: { ${input.join(', ')} }`,
    '',
    `key: ${list(table.key)}`,
    'fields:',
    ...fieldLines(
      table.fields.map((field) => ({ field })),
      '  ',
    ),
    ...(checks.length > 0 ? ['', 'checks:', ...checks] : []),
    '',
  ];
  return lines.join('\n');
}

/** `public.order_items` -> `order-items`, `sales.orders` -> `sales-orders`. */
function productName(table: string): string {
  const name = table.replace(/^public\./, '').toLowerCase();
  return name.replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '');
}
