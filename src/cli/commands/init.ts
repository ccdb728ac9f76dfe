import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { loadDeclarations } from '../../kit/registry.ts';
import { type Command, UsageError } from '../command.ts';
import { MESH_SCHEMA_FILE, writeSchemas } from '../write-schemas.ts';

const NAME = /^[a-z][a-z0-9-]{0,62}$/;

export const initCommand: Command = {
  name: 'init',
  summary: 'begin a mesh: a folder with a mesh.yaml',
  arguments: [{ name: '[folder]', doc: 'the folder to make or to use (default: the current one)' }],
  options: [{ flags: '--name <name>', doc: 'the name of the mesh (default: that of the folder)' }],
  examples: ['wharf init shop', 'cd shop && wharf add orders.csv && wharf up'],
  async run({ arguments: [given], options, registries, terminal }) {
    const folder = path.resolve(given ?? '.');
    const file = path.join(folder, 'mesh.yaml');
    if (existsSync(file))
      throw new UsageError(
        `There is a mesh in "${folder}" already.`,
        'Add a product to it with: wharf add <file or url>',
      );
    const name = nameOf(options.name, folder);
    await writeSchemas(folder, await loadDeclarations(registries));
    await writeFile(file, meshText(name));
    await ignoreData(path.join(folder, '.gitignore'));
    if (terminal.json) terminal.printJson({ mesh: name, folder, files: ['mesh.yaml'] });
    else
      terminal.print(
        `${path.relative(process.cwd(), file)} declares the mesh "${name}".\nNext: ${inside(folder)}wharf add <file or url>`,
      );
    return 0;
  },
};

/** The data of a mesh is no part of its specs. */
async function ignoreData(file: string): Promise<void> {
  const known = existsSync(file) ? await readFile(file, 'utf8') : '';
  if (known.split(/\r?\n/).includes('.wharf/')) return;
  await writeFile(file, `${known}${known === '' || known.endsWith('\n') ? '' : '\n'}.wharf/\n`);
}

function inside(folder: string): string {
  const relative = path.relative(process.cwd(), folder);
  if (relative === '') return '';
  return /^[\w./-]+$/.test(relative) ? `cd ${relative} && ` : `cd "${relative}" && `;
}

function nameOf(given: unknown, folder: string): string {
  if (typeof given === 'string') {
    if (NAME.test(given)) return given;
    throw new UsageError(
      `"${given}" is not a name.`,
      'A name has lower-case letters, digits and "-", and starts with a letter.',
    );
  }
  const name = path
    .basename(folder)
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, '-')
    .replace(/^[^a-z]+/, '')
    .slice(0, 63);
  return NAME.test(name) ? name : 'mesh';
}

function meshText(name: string): string {
  return `# yaml-language-server: $schema=${MESH_SCHEMA_FILE}
mesh: ${name}
`;
}
