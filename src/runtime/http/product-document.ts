import type { Dataset } from '../../schema/field.ts';
import { type Field, typeText } from '../../schema/field.ts';
import type { Mesh, Product } from '../../spec/model.ts';
import type { Asker } from '../access/asker.ts';
import { seenInputs } from '../access/seen-inputs.ts';
import type { Platform } from '../platform.ts';
import type { ProductRuntime } from '../product-runtime.ts';
import { sqlTables } from '../sql/sql-names.ts';

export type ProductDocument = ReturnType<typeof productDocument>;

/**
 * All that is declared of a product version, and where to read it: HAL. Other products are named to who may know of them; what a product
 * makes of its inputs is told to who may know of all of them.
 */
export function productDocument(platform: Platform, runtime: ProductRuntime, asker: Asker) {
  const { product } = runtime;
  const { mesh, access } = platform;
  const seen = access.seen(asker);
  const inputs = seenInputs(product, new Set(seen.map(({ id }) => id)));
  const team = mesh.teams.find(({ name }) => name === product.owner);
  return {
    id: product.id,
    name: product.name,
    domain: product.domain,
    version: product.version,
    status: product.status,
    owner: product.owner,
    contact: team?.contact ?? null,
    alignment: product.alignment,
    tier: product.tier,
    purpose: product.purpose,
    ...(product.doc ? { doc: product.doc } : {}),
    tags: product.tags,
    position: platform.services.published.position(product.id),
    gate: product.gate,
    /** How long earlier positions can be read at, in milliseconds; null for ever. */
    historyMs: product.historyMs ?? null,
    ports: product.outputs.map(({ port, options }) => ({ port, options })),
    datasets: product.datasets.map((dataset) => datasetDocument(mesh, product, dataset)),
    inputs: inputs.map((input) => inputDocument(runtime, input)),
    ...(product.transform && inputs.length === product.inputs.length
      ? { transform: transformDocument(product.transform) }
      : {}),
    readBy: seen.filter((other) => reads(other, product.id)).map(({ id }) => id),
    versions: seen
      .filter(({ name }) => name === product.name)
      .map(({ version, major, status }) => ({ version, status, href: `/p/${product.name}/v${major}` })),
    _links: productLinks(product),
  };
}

function datasetDocument(mesh: Mesh, product: Product, dataset: Dataset) {
  const table = [...sqlTables(mesh).values()].find(
    (t) => t.stream === product.id && t.dataset.name === dataset.name,
  );
  return {
    name: dataset.name,
    key: dataset.key,
    /** Its name in SQL; null where the product has no SQL port. */
    table: table ? `${table.schema}.${table.table}` : null,
    fields: dataset.fields.map(fieldDocument),
  };
}

function fieldDocument(field: Field) {
  const { name, unit, doc, min, max, pattern, format, meaning, origin, deprecated } = field;
  const text = { unit, doc, min, max, pattern, format, meaning, origin, deprecated };
  return {
    name,
    type: typeText(field),
    required: field.required ?? false,
    ...(Object.fromEntries(Object.entries(text).filter(([, value]) => value !== undefined)) as Partial<
      Record<keyof typeof text, string>
    >),
    ...(field.enum ? { enum: field.enum } : {}),
    ...(field.class ? { class: field.class } : {}),
  };
}

function inputDocument({ inputPositions }: ProductRuntime, input: Product['inputs'][number]) {
  if (input.kind === 'external') return { name: input.name, from: input.from, kind: input.kind };
  const position = inputPositions?.[input.product] ?? null;
  return { name: input.name, from: input.product, kind: input.kind, position };
}

function transformDocument({ language, source, file, every, mode }: NonNullable<Product['transform']>) {
  return { language, source, file: file ?? null, every: every ?? null, mode: mode ?? null };
}

function reads(product: Product, id: string): boolean {
  return product.inputs.some((input) => input.kind === 'product' && input.product === id);
}

interface Link {
  readonly href: string;
}

export interface ProductLinks {
  readonly self: Link;
  readonly schema: Link;
  readonly rejects: Link;
  readonly quality: Link;
  readonly slo: Link;
  readonly profile: Link;
  readonly lineage: Link;
  readonly changes: Link;
  readonly usage: Link;
  /** These where the product has the port. */
  readonly rows?: Link;
  readonly openapi?: Link;
  readonly stream?: Link;
  readonly files?: Link;
  readonly chart?: Link;
}

/** Everything of a product version that has an address. */
export function productLinks(product: Product): ProductLinks {
  const base = `/p/${product.name}/v${product.major}`;
  const has = (name: string) => product.outputs.some(({ port }) => port === name);
  return {
    self: { href: base },
    schema: { href: `${base}/schema.json` },
    rejects: { href: `${base}/rejects` },
    quality: { href: `${base}/quality` },
    slo: { href: `${base}/slo` },
    profile: { href: `${base}/profile` },
    lineage: { href: `${base}/lineage` },
    changes: { href: `${base}/changes` },
    usage: { href: `${base}/usage` },
    ...(has('rest') ? { rows: { href: `${base}/rows` }, openapi: { href: `${base}/openapi.json` } } : {}),
    ...(has('stream') ? { stream: { href: `${base}/stream` } } : {}),
    ...(has('chart') ? { chart: { href: `${base}/chart` } } : {}),
    ...(has('files') ? { files: { href: `${base}/files` } } : {}),
  };
}
