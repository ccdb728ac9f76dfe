/** What stands beside delivered files: which product they are, at which position, in which shape, and their checksums. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { DeliveredFile, DeliveryContext, DeliveryFormat } from '../../kit/delivery.ts';
import { datasetJsonSchema } from '../../schema/json-schema.ts';

export interface ManifestFile {
  /** From the delivery's root. */
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly rows?: number;
}

export interface Manifest {
  readonly delivery: string;
  readonly product: string;
  readonly version: string;
  readonly dataset: string;
  readonly mode: 'state' | 'changes';
  readonly format: DeliveryFormat;
  /** Of a state its position; of changes the last one in them. */
  readonly position: number;
  /** Changes only: they come after this position. */
  readonly after?: number;
  readonly rows: number;
  readonly writtenAt: string;
  readonly partitionBy: readonly string[];
  /** JSON Schema of a row. */
  readonly schema: unknown;
  readonly files: readonly ManifestFile[];
}

/** What `latest.json` holds: the one place that says what is current. */
export interface Pointer {
  readonly delivery: string;
  readonly position: number;
  /** What the rows mean; see `DeliveryShape.stamp`. */
  readonly stamp: string;
  /** Fields and format; other ones make a new start. */
  readonly layout: string;
  /** The manifest of the current snapshot, or of the last changes. */
  readonly manifest: string;
  /** The folder of the current snapshot, or the one that holds all changes since the first. */
  readonly folder: string;
}

export interface ManifestOptions {
  readonly context: Pick<DeliveryContext, 'name' | 'product' | 'shape' | 'clock'>;
  readonly format: DeliveryFormat;
  readonly partitionBy: readonly string[];
  readonly position: number;
  readonly after?: number;
  readonly rows: number;
  readonly files: readonly ManifestFile[];
}

export function manifestOf({ context, ...written }: ManifestOptions): Manifest {
  const { name, product, shape, clock } = context;
  return {
    delivery: name,
    product: product.id,
    version: product.version,
    dataset: shape.dataset.name,
    mode: shape.mode,
    ...written,
    writtenAt: new Date(clock.nowMs()).toISOString(),
    schema: datasetJsonSchema(shape.dataset, { title: `${product.name} ${shape.dataset.name}` }),
  };
}

export async function manifestFile(file: DeliveredFile, path: string): Promise<ManifestFile> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file.path), hash);
  const rows = file.rows === undefined ? {} : { rows: file.rows };
  return { path, bytes: file.bytes, sha256: hash.digest('hex'), ...rows };
}
