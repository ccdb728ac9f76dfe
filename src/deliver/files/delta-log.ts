/**
 * Snapshots as a Delta table: each is one commit of `_delta_log`, which removes the files of the one before and adds its own.
 *
 * https://github.com/delta-io/delta/blob/master/PROTOCOL.md. A commit is a file of JSON lines under the next number, made only where
 * there is none of that name; what is current follows from reading them in order, so no checkpoint is needed. Files stay as long as
 * their snapshot is kept.
 */
import { createHash } from 'node:crypto';
import { WharfError } from '../../base/errors.ts';
import type { DeliveryContext } from '../../kit/delivery.ts';
import '../../kit/errors.ts';
import type { Dataset, Field } from '../../schema/field.ts';
import type { Manifest, ManifestFile } from './manifest.ts';
import type { ObjectStore } from './object-store.ts';

const DIGITS = 20;
const NULL_PARTITION = '__HIVE_DEFAULT_PARTITION__';

type Action = Readonly<Record<string, unknown>>;

/** True when Delta has a type for every field; it has none for a time of day. */
export function isDeltaTable(dataset: Dataset): boolean {
  return dataset.fields.every(hasDeltaType);
}

export class DeltaLog {
  readonly #store: ObjectStore;
  readonly #context: Pick<DeliveryContext, 'name' | 'shape' | 'product'>;

  constructor(store: ObjectStore, context: Pick<DeliveryContext, 'name' | 'shape' | 'product'>) {
    this.#store = store;
    this.#context = context;
  }

  /** Makes the manifest's snapshot the current one of the table. Throws DELIVERY_FENCED. */
  async commit(manifest: Manifest): Promise<void> {
    const { version, files } = await this.#current();
    const timestamp = Date.parse(manifest.writtenAt);
    const removes = [...files].map((path) => ({
      remove: { path, deletionTimestamp: timestamp, dataChange: true },
    }));
    const actions: Action[] = [
      {
        commitInfo: {
          timestamp,
          operation: 'WRITE',
          operationParameters: { mode: 'Overwrite' },
          engineInfo: 'wharf',
          position: manifest.position,
        },
      },
      { protocol: protocolOf(this.#context.shape.dataset) },
      { metaData: this.#metaData(manifest, timestamp) },
      ...removes,
      ...manifest.files.map((file) => ({ add: addOf(file, manifest, timestamp) })),
    ];
    const name = commitName(version + 1);
    const text = actions.map((action) => `${JSON.stringify(action)}\n`).join('');
    if (await this.#store.putNew(name, text)) return;
    throw new WharfError(
      'DELIVERY_FENCED',
      `Somebody else wrote version ${version + 1} of the Delta table.`,
      {
        hint: 'Nothing but this delivery may write to its folder.',
      },
    );
  }

  /** The version of the last commit, -1 before the first, and the files of the table. */
  async #current(): Promise<{ readonly version: number; readonly files: ReadonlySet<string> }> {
    const names = (await this.#store.list('_delta_log/'))
      .filter((name) => /\/\d{20}\.json$/.test(name))
      .sort();
    let version = Number(names.at(-1)?.slice(-DIGITS - 5, -5) ?? -1);
    let text = version < 0 ? '' : ((await this.#store.read(commitName(version))) ?? '');
    // A list may be behind; what is read by its name is not.
    for (;;) {
      const next = await this.#store.read(commitName(version + 1));
      if (next === undefined) break;
      text = next;
      version += 1;
    }
    // Every commit of ours replaces everything, so the last one names all files.
    const adds = text
      .split('\n')
      .filter(Boolean)
      .flatMap((line) => {
        const { add } = JSON.parse(line) as { add?: { path: string } };
        return add ? [add.path] : [];
      });
    return { version, files: new Set(adds) };
  }

  #metaData(manifest: Manifest, timestamp: number): Action {
    const { name, shape, product } = this.#context;
    const id = createHash('sha256').update(`${name} ${shape.stamp}`).digest('hex');
    return {
      id: `${id.slice(0, 8)}-${id.slice(8, 12)}-4${id.slice(13, 16)}-8${id.slice(17, 20)}-${id.slice(20, 32)}`,
      name: product.id,
      description: product.purpose,
      format: { provider: 'parquet', options: {} },
      schemaString: JSON.stringify(structType(shape.dataset.fields)),
      partitionColumns: manifest.partitionBy,
      configuration: {},
      createdTime: timestamp,
    };
  }
}

function commitName(version: number): string {
  return `_delta_log/${String(version).padStart(DIGITS, '0')}.json`;
}

function addOf(file: ManifestFile, manifest: Manifest, timestamp: number): Action {
  return {
    path: encodeURI(file.path),
    partitionValues: partitionValues(file.path, manifest.partitionBy),
    size: file.bytes,
    modificationTime: timestamp,
    dataChange: true,
    ...(file.rows === undefined ? {} : { stats: JSON.stringify({ numRecords: file.rows }) }),
  };
}

function partitionValues(path: string, names: readonly string[]): Readonly<Record<string, string | null>> {
  const parts = path.split('/').map((part) => part.split('='));
  return Object.fromEntries(
    names.map((name) => {
      const value =
        parts
          .find(([key]) => decodeURIComponent(key ?? '') === name)
          ?.slice(1)
          .join('=') ?? '';
      return [name, value === NULL_PARTITION ? null : decodeURIComponent(value)];
    }),
  );
}

/** A clock reading without a zone is a feature of its own. */
function protocolOf(dataset: Dataset): Action {
  if (!dataset.fields.some(hasLocalTime)) return { minReaderVersion: 1, minWriterVersion: 2 };
  const features = ['timestampNtz'];
  return { minReaderVersion: 3, minWriterVersion: 7, readerFeatures: features, writerFeatures: features };
}

function structType(fields: readonly Field[]): Action {
  return {
    type: 'struct',
    fields: fields.map((field) => ({
      name: field.name,
      type: deltaType(field),
      nullable: true,
      metadata: field.doc === undefined ? {} : { comment: field.doc },
    })),
  };
}

function deltaType(field: Field): unknown {
  switch (field.type) {
    case 'integer':
      return 'long';
    case 'number':
      return 'double';
    case 'decimal':
      return `decimal(${field.precision ?? 38},${field.scale ?? 0})`;
    case 'boolean':
    case 'date':
      return field.type;
    case 'timestamp':
      return field.zone === 'local' ? 'timestamp_ntz' : 'timestamp';
    case 'bytes':
      return 'binary';
    case 'object':
      return structType(field.fields ?? []);
    case 'array':
      return {
        type: 'array',
        elementType: field.items ? deltaType(field.items) : 'string',
        containsNull: true,
      };
    default:
      return 'string';
  }
}

function hasDeltaType(field: Field): boolean {
  return field.type !== 'time' && below(field).every(hasDeltaType);
}

function hasLocalTime(field: Field): boolean {
  return (field.type === 'timestamp' && field.zone === 'local') || below(field).some(hasLocalTime);
}

function below(field: Field): readonly Field[] {
  return [...(field.fields ?? []), ...(field.items ? [field.items] : [])];
}
