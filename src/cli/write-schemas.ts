import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Declarations } from '../schema/options.ts';
import { meshJsonSchema, productJsonSchema } from '../spec/json-schema.ts';

/** As seen from the mesh folder. They lie with the data, since each version makes them anew. */
export const MESH_SCHEMA_FILE = '.wharf/schemas/mesh.schema.json';
export const PRODUCT_SCHEMA_FILE = '.wharf/schemas/product.schema.json';

/** Writes the schemas that editors check and complete specs with. */
export async function writeSchemas(folder: string, declarations: Declarations): Promise<void> {
  await mkdir(folder, { recursive: true });
  await mkdir(path.join(folder, path.dirname(MESH_SCHEMA_FILE)), { recursive: true, mode: 0o700 });
  await writeFile(
    path.join(folder, MESH_SCHEMA_FILE),
    `${JSON.stringify(meshJsonSchema(declarations), undefined, 2)}\n`,
  );
  await writeFile(
    path.join(folder, PRODUCT_SCHEMA_FILE),
    `${JSON.stringify(productJsonSchema(declarations), undefined, 2)}\n`,
  );
}
