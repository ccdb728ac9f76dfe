/** A mesh as rows of `system.products` and `system.lineage`. */
import { keyFieldsOf, typeText } from '../schema/field.ts';
import type { Mesh, Product } from '../spec/model.ts';

export type Row = Readonly<Record<string, unknown>>;

export function productRows(mesh: Mesh): Row[] {
  return mesh.products.map((product) => ({
    product: product.id,
    name: product.name,
    domain: product.domain,
    version: product.version,
    major: product.major,
    status: product.status,
    owner: product.owner,
    alignment: product.alignment,
    tier: product.tier,
    purpose: product.purpose,
    doc: product.doc ?? null,
    tags: product.tags,
    ports: product.outputs.map(({ port }) => port),
    gate: product.gate,
    checks: product.checks.length,
    history_ms: product.historyMs ?? null,
    file: product.place.file,
  }));
}

export function fieldRows(mesh: Mesh): Row[] {
  return mesh.products.flatMap((product) =>
    product.datasets.flatMap((dataset) => {
      const key = new Set(keyFieldsOf(dataset).map(({ name }) => name));
      return dataset.fields.map((field, i) => ({
        product: product.id,
        dataset: dataset.name,
        field: field.name,
        number: i + 1,
        type: typeText(field),
        required: field.required ?? false,
        is_key: key.has(field.name),
        doc: field.doc ?? null,
        unit: field.unit ?? null,
        classes: field.class ?? [],
        meaning: field.meaning ?? null,
      }));
    }),
  );
}

export function inputRows(mesh: Mesh): Row[] {
  return mesh.products.flatMap((product) =>
    product.inputs.map((input) => ({
      product: product.id,
      input: input.name,
      kind: input.kind,
      source: input.kind === 'product' ? input.product : input.from,
      transform: product.transform?.language ?? null,
    })),
  );
}

/** `columns`: of each field of a derived product, `input.column` of what it is computed from, where that is known. */
export function fieldLineageRows(
  product: Product,
  columns: readonly { readonly name: string; readonly sources: readonly string[] | undefined }[],
): Row[] {
  const products = new Map(
    product.inputs.flatMap((input) => (input.kind === 'product' ? [[input.name, input.product]] : [])),
  );
  const rows = columns.flatMap(({ name, sources = [] }) =>
    sources.flatMap((source) => {
      const at = source.indexOf('.');
      const from = products.get(source.slice(0, at));
      if (from === undefined) return [];
      return [{ product: product.id, field: name, source: from, source_field: source.slice(at + 1) }];
    }),
  );
  return [...new Map(rows.map((row) => [JSON.stringify(row), row])).values()];
}
