/** The destination `files`: snapshots or changes as files, in a folder or a bucket. */
import path from 'node:path';
import { WharfError } from '../../base/errors.ts';
import {
  DELIVERY_FORMATS,
  type DeliveryContext,
  type DeliveryFormat,
  type DeliveryShape,
  defineDelivery,
} from '../../kit/delivery.ts';
import '../../kit/errors.ts';
import { BucketStore } from './bucket-store.ts';
import { FilesDestination } from './files-destination.ts';
import { FolderStore } from './folder-store.ts';
import type { ObjectStore } from './object-store.ts';

export const filesDelivery = defineDelivery({
  name: 'files',
  doc: 'Snapshots, or every change, as Parquet, CSV or NDJSON files in a folder or a bucket. Snapshots as Parquet are a Delta table too.',
  guarantee: 'exactly-once',
  options: [
    {
      name: 'path',
      type: 'string',
      required: true,
      path: true,
      doc: 'The folder, of this delivery alone; it is made where it is missing. In a bucket: how the keys begin.',
      example: 'exports/departures',
    },
    {
      name: 'connection',
      type: 'string',
      connectionName: true,
      connectionTypes: ['folder', 's3'],
      doc: 'The folder or bucket that the path starts from; the mesh folder when left out.',
    },
    {
      name: 'format',
      type: 'string',
      enum: DELIVERY_FORMATS,
      default: 'parquet',
      doc: 'The format of the files.',
    },
    {
      name: 'mode',
      type: 'string',
      enum: ['state', 'changes'],
      default: 'state',
      doc: 'Whole snapshots (`state`), or each journaled record once, with its operation, position and time (`changes`).',
    },
    {
      name: 'partition_by',
      type: 'array',
      single: true,
      items: { name: 'items', type: 'string' },
      doc: 'Fields, by their names there, whose values name folders: `day=2001-01-31/`.',
      example: '[day]',
    },
    {
      name: 'keep',
      type: 'integer',
      min: '1',
      default: '10',
      doc: 'How many snapshots stay; older ones are removed. Changes are never removed.',
    },
    {
      name: 'every',
      type: 'string',
      default: '15m',
      doc: 'When to write: a duration or a cron line. With `records`, whichever comes first.',
      example: '1d at 05:00Z',
    },
  ],
  check: (options, shape) => refuseUnknown(partitionsOf(options), shape),
  async open(context) {
    const { options, shape } = context;
    const partitionBy = partitionsOf(options);
    refuseUnknown(partitionBy, shape);
    return FilesDestination.open({
      context,
      store: storeOf(context),
      format: options.format as DeliveryFormat,
      partitionBy,
      keep: Number(options.keep),
      isState: shape.mode === 'state',
    });
  },
});

function storeOf(context: DeliveryContext): ObjectStore {
  const { baseFolder, connection } = context;
  const at = String(context.options.path);
  return connection?.type === 's3'
    ? new BucketStore(connection, at.replace(/^\.?\/|\/$/g, ''), context)
    : new FolderStore(path.resolve(baseFolder, at));
}

function partitionsOf(options: Readonly<Record<string, unknown>>): readonly string[] {
  return (options.partition_by as readonly string[] | undefined) ?? [];
}

function refuseUnknown(partitionBy: readonly string[], shape: DeliveryShape): void {
  const fields = shape.dataset.fields.map(({ name }) => name);
  const unknown = partitionBy.find((name) => !fields.includes(name));
  if (unknown !== undefined)
    throw new WharfError('DELIVERY_INVALID', `"partition_by" names "${unknown}", which is not delivered.`, {
      hint: `It may name: ${fields.join(', ')}.`,
    });
  if (partitionBy.length === fields.length)
    throw new WharfError('DELIVERY_INVALID', '"partition_by" names every field, so files would be empty.', {
      hint: 'Leave one out.',
    });
}
