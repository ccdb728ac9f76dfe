/** The objects of a bucket that match paths, as files: the list is read page by page, below the fixed part of each path. */
import { createHash } from 'node:crypto';
import { text } from 'node:stream/consumers';
import picomatch from 'picomatch';
import { WharfError } from '../../base/errors.ts';
import type { CaptureContext } from '../../kit/input.ts';
import type { S3Bucket } from '../../kit/s3/s3-bucket.ts';
import { checkStatus } from '../../kit/web/check-status.ts';
import { Patience } from '../../kit/web/patience.ts';
import { readS3List, type S3List, type S3Object } from '../../protocols/s3-list.ts';
import { ENTRIES_MAX, FILES_MAX, type FoundFile } from '../file/find-files.ts';
import { naturalOrder } from '../file/natural-order.ts';
import './errors.ts';

const ATTEMPTS_MAX = 5;

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
  const patience = new Patience({ ...context, attemptsMax: ATTEMPTS_MAX });
  let next: string | undefined;
  let entries = 0;
  do {
    const from = next;
    const list: S3List = await patience.until(() => listPage(bucket, prefix, from, context));
    yield* list.objects;
    entries += list.objects.length;
    if (entries > ENTRIES_MAX) tooMany(prefix);
    next = list.next;
  } while (next !== undefined);
}

async function listPage(
  bucket: S3Bucket,
  prefix: string,
  next: string | undefined,
  { clock, signal }: Pick<CaptureContext, 'clock' | 'signal'>,
): Promise<S3List> {
  const query = { 'list-type': '2', 'encoding-type': 'url', prefix };
  const answer = await bucket.send({
    method: 'GET',
    key: '',
    query: next === undefined ? query : { ...query, 'continuation-token': next },
    signal,
  });
  await checkStatus(answer, clock.nowMs());
  const xml = await text(answer.body).catch(() => '');
  const list = readS3List(xml);
  if (list && xml.trimEnd().endsWith('</ListBucketResult>')) return list;
  throw new WharfError('S3_LIST_UNREADABLE', `"${bucket.shown}" gave no whole list of objects.`, {
    hint: 'Look at the endpoint of the connection.',
  });
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
