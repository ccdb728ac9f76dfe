import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { EVERYTHING_AVAILABLE } from './availability.ts';
import { loadMesh } from './load-mesh.ts';
import { EXAMPLE_DECLARATIONS } from './rules/example-mesh.ts';
import { generatedMesh } from './test-support/generated-mesh.ts';
import { WHOLE_LANGUAGE } from './test-support/whole-language.ts';
import { writeMesh } from './test-support/write-mesh.ts';

const PRODUCT = `product: flights.departures
version: 1.0.0
owner: operations
purpose: Departures of the day.
inputs: { source: { from: file, path: data/x.csv } }
key: none
fields: { id: string }
`;
const everything = { availability: EVERYTHING_AVAILABLE };
const folders: string[] = [];

afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

async function folderOf(files: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
  const folder = await writeMesh(new Map(Object.entries(files)));
  folders.push(folder);
  return folder;
}

async function problemsOf(folder: string): Promise<string[]> {
  const { diagnostics } = await loadMesh(folder, EXAMPLE_DECLARATIONS);
  return diagnostics.map((d) => `${d.code} ${d.place.file} ${d.message}`);
}

describe('loadMesh', () => {
  it('finds products in folders below, but not in node_modules and folders with a dot', async () => {
    const other = (name: string) => PRODUCT.replace('departures', name);
    const folder = await folderOf({
      'mesh.yaml': 'mesh: m\n',
      'deep/er/a.product.yaml': other('a'),
      'node_modules/x/b.product.yaml': other('b'),
      '.wharf/c.product.yaml': 'nonsense',
      'notes.yaml': 'nonsense: [',
    });
    const { mesh, sources } = await loadMesh(folder, EXAMPLE_DECLARATIONS);
    expect(mesh?.products.map((product) => product.id)).toEqual(['flights.a@1']);
    expect([...sources.keys()].sort()).toEqual(['deep/er/a.product.yaml', 'mesh.yaml']);
    expect(mesh?.folder).toBe(folder);
  });

  it('says what is missing where nothing is', async () => {
    expect(await problemsOf('/no/such/folder')).toEqual([
      'SPEC_MESH_FILE mesh.yaml The mesh has no file "mesh.yaml".',
    ]);
    expect(await problemsOf(await folderOf({ 'a.csv': '' }))).toHaveLength(1);
  });

  it('refuses links that leave the folder, for specs, folders and data', async () => {
    const outside = await folderOf({ 'x.product.yaml': PRODUCT, 'x.csv': 'id\n' });
    const folder = await folderOf({ 'mesh.yaml': 'mesh: m\n', 'a.product.yaml': PRODUCT });
    await symlink(outside, path.join(folder, 'data'));
    await symlink(path.join(outside, 'x.product.yaml'), path.join(folder, 'b.product.yaml'));
    expect(await problemsOf(folder)).toEqual([
      'SPEC_FILE_OUTSIDE a.product.yaml The path "data/x.csv" leaves the mesh folder through a link.',
      'SPEC_FILE b.product.yaml The link "b.product.yaml" leaves the mesh folder or points to nothing.',
      'SPEC_FILE data The link "data" leaves the mesh folder or points to nothing.',
    ]);
  });

  it('follows links inside the folder without reading a product twice, even in a circle', async () => {
    const folder = await folderOf({ 'mesh.yaml': 'mesh: m\n', 'real/a.product.yaml': PRODUCT });
    await symlink('real', path.join(folder, 'again'));
    await symlink('..', path.join(folder, 'real', 'up'));
    expect(await problemsOf(folder)).toEqual([]);
  });

  it('reads the SQL of a transform from its file, and refuses one behind a link to elsewhere', async () => {
    const text = PRODUCT.replace('data/x.csv }', 'data/x.csv, fields: { id: string } }');
    const folder = await folderOf({
      'mesh.yaml': 'mesh: m\n',
      'flights/a.product.yaml': `${text}transform: { sql: a.sql }\n`,
      'flights/a.sql': 'select id from source\n',
    });
    const { mesh } = await loadMesh(folder, EXAMPLE_DECLARATIONS);
    expect(mesh?.products[0]?.transform).toMatchObject({
      source: 'select id from source\n',
      file: 'flights/a.sql',
    });
    await rm(path.join(folder, 'flights/a.sql'));
    await symlink('/etc/hostname', path.join(folder, 'flights/a.sql'));
    expect(await problemsOf(folder)).toEqual([
      'SPEC_FILE_OUTSIDE flights/a.product.yaml The path "a.sql" leaves the mesh folder.',
    ]);
  });

  it('refuses files that are too large, not UTF-8, or folders in disguise', async () => {
    const folder = await folderOf({
      'mesh.yaml': 'mesh: m\n',
      'large.product.yaml': `# ${'x'.repeat(1_000_001)}`,
      'latin.product.yaml': new Uint8Array([0x64, 0x6f, 0x63, 0x3a, 0x20, 0xe9]),
    });
    await mkdir(path.join(folder, 'folder.product.yaml'));
    expect(await problemsOf(folder)).toEqual([
      'SPEC_FILE large.product.yaml The file "large.product.yaml" has 1000003 bytes; at most 1000000 are allowed.',
      'SPEC_FILE latin.product.yaml The file "latin.product.yaml" is not UTF-8 text.',
    ]);
  });

  it('reads files with a byte order mark and Windows line ends', async () => {
    const windows = `\uFEFF${PRODUCT.replaceAll('\n', '\r\n')}`;
    const folder = await folderOf({ 'mesh.yaml': 'mesh: m\r\n', 'a.product.yaml': windows });
    expect(await problemsOf(folder)).toEqual([]);
    await writeFile(path.join(folder, 'a.product.yaml'), windows.replace('key: none', 'kee: none'));
    const { diagnostics } = await loadMesh(folder, EXAMPLE_DECLARATIONS);
    expect(diagnostics[0]?.place).toEqual({ file: 'a.product.yaml', line: 6, column: 1 });
  });

  it('loads a mesh of 1,000 products without a problem', async () => {
    const folder = await writeMesh(generatedMesh(1_000));
    folders.push(folder);
    const { mesh, diagnostics } = await loadMesh(folder, EXAMPLE_DECLARATIONS, everything);
    expect(diagnostics).toEqual([]);
    expect(mesh?.products).toHaveLength(1_000);
  });

  it('loads a mesh that uses the whole language', async () => {
    const { mesh, diagnostics } = await loadMesh(
      await folderOf(WHOLE_LANGUAGE),
      EXAMPLE_DECLARATIONS,
      everything,
    );
    expect(diagnostics.map((d) => d.message)).toEqual([]);
    expect(Object.isFrozen(mesh?.products[0]?.datasets[0]?.fields[0])).toBe(true);
  });
});
