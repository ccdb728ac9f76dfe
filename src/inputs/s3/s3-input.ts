/** The input `s3`: objects of a bucket, read as the input `file` reads the files of a folder. */
import { WharfError } from '../../base/errors.ts';
import { type CaptureBatch, type CaptureContext, definePullInput } from '../../kit/input.ts';
import { S3Bucket } from '../../kit/s3/s3-bucket.ts';
import type { OptionField } from '../../schema/options.ts';
import { fileOptionFields, readFileOptions } from '../file/file-options.ts';
import { followFiles } from '../file/follow-files.ts';
import { everyOption } from '../poll-times.ts';
import { bringObject } from './bring-object.ts';
import { type FoundObject, listObjects } from './list-objects.ts';
import './errors.ts';

const s3OptionFields: readonly OptionField[] = [
  {
    name: 'connection',
    type: 'string',
    required: true,
    connectionName: true,
    connectionTypes: ['s3'],
    doc: 'The connection of type s3 that names the bucket.',
  },
  {
    name: 'path',
    type: 'array',
    items: { name: 'items', type: 'string' },
    single: true,
    required: true,
    doc: 'Keys of objects, or globs over them, read in this order.',
    example: 'orders/2026/*.csv',
  },
  ...fileOptionFields.filter(({ name }) => !['path', 'connection', 'every'].includes(name)),
  everyOption('1m'),
];

export const s3Input = definePullInput({
  name: 's3',
  doc: 'Objects of a bucket of an object store that speaks as Amazon S3 does, in CSV, JSON, NDJSON or Parquet, also with .gz.',
  options: s3OptionFields,
  capture,
});

async function* capture(context: CaptureContext): AsyncGenerator<CaptureBatch> {
  const options = readFileOptions({ every: '1m', ...context.options });
  if (!context.connection) {
    throw new WharfError('S3_CONNECTION_MISSING', 'An s3 input needs a connection of type s3.', {
      hint: 'Name it with the option "connection".',
    });
  }
  const bucket = new S3Bucket(context.connection, context.reveal);
  try {
    yield* followFiles(context, options, {
      look: () => listObjects(bucket, options.paths, context),
      // What is brought was found by the look above.
      bring: (file) => bringObject(bucket, file as FoundObject, context),
    });
  } finally {
    bucket.close();
  }
}
