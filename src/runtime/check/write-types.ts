import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { codeOf } from '../../base/errors.ts';
import type { Mesh } from '../../spec/model.ts';
import { typeDeclarations, typescriptProducts } from '../../transform/typescript/type-declarations.ts';

/** In the mesh folder; it ignores itself, since what is in it follows from the specs. */
export const TYPES_FOLDER = '.wharf-types';

/** What an editor needs besides: nothing of the browser or of Node is there in a transform. */
const TSCONFIG = `${JSON.stringify(
  {
    compilerOptions: {
      target: 'es2023',
      lib: ['es2023'],
      types: [],
      module: 'esnext',
      moduleResolution: 'bundler',
      strict: true,
      noEmit: true,
    },
    // Folders that begin with a dot are passed over unless they are named.
    include: ['**/*.ts', `${TYPES_FOLDER}/*.d.ts`],
  },
  undefined,
  2,
)}\n`;

export interface WrittenTypes {
  /** Products with a transform in TypeScript. */
  readonly products: readonly string[];
  /** Files that are new or other than before, relative to the mesh folder. */
  readonly files: readonly string[];
}

/** Writes the types of a mesh's transforms, and a tsconfig.json where there is none. Writes nothing for a mesh without TypeScript. */
export async function writeTypes(mesh: Mesh): Promise<WrittenTypes> {
  const products = typescriptProducts(mesh.products).map(({ id }) => id);
  if (products.length === 0) return { products, files: [] };
  const folder = path.join(mesh.folder, TYPES_FOLDER);
  await mkdir(folder, { recursive: true });
  const wanted: [name: string, text: string][] = [
    [`${TYPES_FOLDER}/wharf.d.ts`, typeDeclarations(mesh.products)],
    [`${TYPES_FOLDER}/.gitignore`, '*\n'],
  ];
  if (!existsSync(path.join(mesh.folder, 'tsconfig.json'))) wanted.push(['tsconfig.json', TSCONFIG]);
  const files: string[] = [];
  for (const [name, text] of wanted) {
    const file = path.join(mesh.folder, name);
    if ((await textOf(file)) === text) continue;
    await writeFile(file, text);
    files.push(name);
  }
  return { products, files };
}

async function textOf(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (thrown) {
    if (codeOf(thrown) === 'ENOENT') return undefined;
    throw thrown;
  }
}
