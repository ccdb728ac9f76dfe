/** The sets of columns that runs of a dataset were written with. */
import type { DatasetManifest, StoredColumn } from './run.ts';

/** The manifest with these columns among its `schemas`, and their index. */
export function withColumns(
  manifest: DatasetManifest,
  columns: readonly StoredColumn[],
): { manifest: DatasetManifest; schema: number } {
  const text = JSON.stringify(columns);
  const known = manifest.schemas.findIndex((schema) => JSON.stringify(schema) === text);
  if (known >= 0) return { manifest, schema: known };
  return {
    manifest: { ...manifest, schemas: [...manifest.schemas, columns] },
    schema: manifest.schemas.length,
  };
}

/** The newest columns, and those that only older runs have: merging loses nothing, not even what no schema names now. */
export function unionColumns(schemas: readonly (readonly StoredColumn[])[]): readonly StoredColumn[] {
  const columns = new Map<string, StoredColumn>();
  for (const column of schemas.toReversed().flat())
    if (!columns.has(column.name)) columns.set(column.name, column);
  return [...columns.values()];
}
