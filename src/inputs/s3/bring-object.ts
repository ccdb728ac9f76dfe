import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { randomName } from '../../base/random.ts';
import type { CaptureContext } from '../../kit/input.ts';
import type { S3Bucket } from '../../kit/s3/s3-bucket.ts';
import { checkStatus } from '../../kit/web/check-status.ts';
import { Patience } from '../../kit/web/patience.ts';
import { unreachable } from '../../kit/web/web-client.ts';
import type { FoundObject } from './list-objects.ts';

const ATTEMPTS_MAX = 5;

/**
 * Copies an object into a temporary file. Only the content that was listed is taken: one that was replaced or removed since
 * counts as absent, and the next look sees what has become of it.
 */
export function bringObject(
  bucket: S3Bucket,
  object: FoundObject,
  context: CaptureContext,
): Promise<FoundObject> {
  const patience = new Patience({ clock: context.clock, signal: context.signal, attemptsMax: ATTEMPTS_MAX });
  return patience.until(() => copyObject(bucket, object, context));
}

async function copyObject(
  bucket: S3Bucket,
  object: FoundObject,
  { clock, signal, temporaryFolder }: CaptureContext,
): Promise<FoundObject> {
  const headers = object.etag === '' ? {} : { 'if-match': object.etag };
  const answer = await bucket.send({ method: 'GET', key: object.path, headers, signal });
  if (answer.status === 404 || answer.status === 412) {
    answer.body.resume();
    throw Object.assign(new Error(`"${object.name}" is not there as it was listed`), { code: 'ENOENT' });
  }
  await checkStatus(answer, clock.nowMs());
  const file = path.join(temporaryFolder, `s3-${randomName()}`);
  try {
    await pipeline(answer.body, createWriteStream(file, { flags: 'wx' }), { signal });
  } catch (thrown) {
    await rm(file, { force: true });
    signal.throwIfAborted();
    throw unreachable(answer.url, thrown);
  }
  return { ...object, path: file };
}
