/** The objects of a bucket that match paths, as files: the list is read page by page, below the fixed part of each path. */
import { createHash } from 'node:crypto';
import picomatch from 'picomatch';
import { WharfError } from '../../base/errors.ts';
import type { CaptureContext } from '../../kit/input.ts';
import { listBucket } from '../../kit/s3/list-bucket.ts';
import type { S3Bucket } from '../../kit/s3/s3-bucket.ts';
import type { S3Object } from '../../protocols/s3-list.ts';
import { ENTRIES_MAX, FILES_MAX, type FoundFile } from '../file/find-files.ts';
import { naturalOrder } from '../file/natural-order.ts';
import './errors.ts';

/** An object as it was listed; `etag` is asked for again when it is read. */
export interface FoundObject extends FoundFile {
  readonly etag: string;
}

export async function listObjects(
  bucket: S3Bucket,
  paths: readonly string[],
  context: Pick<CaptureContext, 'clock' | 'signal'>,
): Promise<FoundObject[]> {
  const found = new Map<string, FoundObject>();
  for (const pattern of paths) {
    const { base, isGlob } = picomatch.scan(pattern);
    const matches = picomatch(pattern);
    const keys: FoundObject[] = [];
    const prefix = isGlob ? base.replace(/^\.$/, '') : pattern;
    for await (const object of objectsBelow(bucket, prefix, context)) {
      const fits = isGlob ? matches(object.key) : object.key === pattern;
      if (fits && !object.key.endsWith('/')) keys.push(asFile(bucket, object));
      if (keys.length > FILES_MAX) tooMany(pattern);
    }
    for (const file of keys.sort((a, b) => naturalOrder(a.name, b.name)))
      if (!found.has(file.name)) found.set(file.name, file);
  }
  if (found.size > FILES_MAX) tooMany(paths.join(', '));
  return [...found.values()];
}

async function* objectsBelow(
  bucket: S3Bucket,
  prefix: string,
  context: Pick<CaptureContext, 'clock' | 'signal'>,
): AsyncGenerator<S3Object> {
  let entries = 0;
  for await (const objects of listBucket(bucket, prefix, context)) {
    yield* objects;
    entries += objects.length;
    if (entries > ENTRIES_MAX) tooMany(prefix);
  }
}

/** The tag stands for the content, so it takes the inode's place: another content is another tag. */
function asFile(bucket: S3Bucket, { key, size, etag, modifiedMs }: S3Object): FoundObject {
  const hash = createHash('sha256').update(etag).digest();
  const inode = hash.readUIntBE(0, 6);
  return { name: `${bucket.shown}/${key}`, path: key, size, mtimeMs: modifiedMs, inode, etag };
}

function tooMany(paths: string): never {
  throw new WharfError('S3_TOO_MANY', `"${paths}" matches more than ${FILES_MAX} objects.`, {
    hint: 'Write a longer path, or join small objects.',
    details: { filesMax: FILES_MAX, entriesMax: ENTRIES_MAX },
  });
}
