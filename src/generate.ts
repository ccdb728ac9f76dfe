/**
 * Writes what follows from the declarations: the JSON Schemas of the spec files and the reference pages. With `--check` nothing
 * is written, and the exit code is 1 when a file is stale.
 */
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { packageRoot } from './base/entry.ts';
import { connectorPages } from './catalog/connector-pages.ts';
import { errorPage } from './catalog/error-page.ts';
import { commandPages } from './cli/command-pages.ts';
import { deliveries } from './deliver/index.ts';
import { inputs } from './inputs/index.ts';
import type { Registries } from './kit/registry.ts';
import { loadDeclarations } from './kit/registry.ts';
import { ports } from './ports/index.ts';
import { fixtureJsonSchema } from './runtime/fixtures/fixture-grammar.ts';
import { meshJsonSchema, productJsonSchema } from './spec/json-schema.ts';
import { rulePages } from './spec/rule-pages.ts';

const registries: Registries = { inputs, ports, deliveries };

/** All generated files by their path from the package's root. */
async function generatedFiles(): Promise<Map<string, string>> {
  const declarations = await loadDeclarations(registries);
  const files = new Map<string, string>([
    ['schemas/mesh.schema.json', json(meshJsonSchema(declarations))],
    ['schemas/product.schema.json', json(productJsonSchema(declarations))],
    ['schemas/test.schema.json', json(fixtureJsonSchema())],
  ]);
  const pages = [...(await commandPages()), ...connectorPages(declarations), ...(await rulePages())];
  for (const [name, page] of pages) files.set(`docs/reference/${name}`, page);
  files.set('docs/reference/errors.md', errorPage());
  return files;
}

function json(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

/** Pages in the reference folder that nothing generates any more. */
async function leftovers(files: ReadonlyMap<string, string>): Promise<string[]> {
  const folder = path.join(packageRoot, 'docs', 'reference');
  if (!existsSync(folder)) return [];
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  return found
    .filter((entry) => entry.isFile())
    .map((entry) =>
      path.relative(packageRoot, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, '/'),
    )
    .filter((file) => !files.has(file));
}

async function write(files: ReadonlyMap<string, string>): Promise<void> {
  for (const [name, content] of files) {
    const file = path.join(packageRoot, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, content);
  }
  for (const name of await leftovers(files)) await rm(path.join(packageRoot, name));
  console.log(`${files.size} files written.`);
}

async function check(files: ReadonlyMap<string, string>): Promise<boolean> {
  const stale = [...files].filter(([name, content]) => {
    const file = path.join(packageRoot, name);
    return !existsSync(file) || readFileSync(file, 'utf8') !== content;
  });
  const names = [...stale.map(([name]) => name), ...(await leftovers(files))];
  for (const name of names) console.error(`${name} is stale.`);
  if (names.length > 0) console.error('Write them again with: npm run docs');
  else console.log(`${files.size} generated files are as their declarations say.`);
  return names.length === 0;
}

async function main(): Promise<void> {
  const files = await generatedFiles();
  if (process.argv.includes('--check')) process.exitCode = (await check(files)) ? 0 : 1;
  else await write(files);
  process.exit();
}

void main();
