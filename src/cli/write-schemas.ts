import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fixtureJsonSchema } from '../runtime/fixtures/fixture-grammar.ts';
import type { Declarations } from '../schema/options.ts';
import { meshJsonSchema, productJsonSchema } from '../spec/json-schema.ts';

/** As seen from the mesh folder. They lie with the data, since each version makes them anew. */
export const MESH_SCHEMA_FILE = '.wharf/schemas/mesh.schema.json';
export const PRODUCT_SCHEMA_FILE = '.wharf/schemas/product.schema.json';
export const TEST_SCHEMA_FILE = '.wharf/schemas/test.schema.json';

/** Writes the schemas that editors check and complete specs with. */
export async function writeSchemas(folder: string, declarations: Declarations): Promise<void> {
  await mkdir(folder, { recursive: true });
  await mkdir(path.join(folder, path.dirname(MESH_SCHEMA_FILE)), { recursive: true, mode: 0o700 });
  const schemas = {
    [MESH_SCHEMA_FILE]: meshJsonSchema(declarations),
    [PRODUCT_SCHEMA_FILE]: productJsonSchema(declarations),
    [TEST_SCHEMA_FILE]: fixtureJsonSchema(),
  };
  for (const [file, schema] of Object.entries(schemas))
    await writeFile(path.join(folder, file), `${JSON.stringify(schema, undefined, 2)}\n`);
}
