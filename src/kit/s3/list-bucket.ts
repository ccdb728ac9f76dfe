/** The objects below a prefix, a page at a time, in the order of their keys. */
import { text } from 'node:stream/consumers';
import type { Clock } from '../../base/clock.ts';
import { WharfError } from '../../base/errors.ts';
import { readS3List, type S3List, type S3Object } from '../../protocols/s3-list.ts';
import { checkStatus } from '../web/check-status.ts';
import { Patience } from '../web/patience.ts';
import '../errors.ts';
import type { S3Bucket } from './s3-bucket.ts';

const ATTEMPTS_MAX = 5;

interface ListContext {
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Throws S3_LIST_UNREADABLE, WEB_BUSY, WEB_REFUSED, and as `S3Bucket.send`. */
export async function* listBucket(
  bucket: S3Bucket,
  prefix: string,
  context: ListContext,
): AsyncGenerator<readonly S3Object[]> {
  const patience = new Patience({ ...context, attemptsMax: ATTEMPTS_MAX });
  let next: string | undefined;
  do {
    const from = next;
    const list: S3List = await patience.until(() => listPage(bucket, prefix, from, context));
    yield list.objects;
    next = list.next;
  } while (next !== undefined);
}

async function listPage(
  bucket: S3Bucket,
  prefix: string,
  next: string | undefined,
  { clock, signal }: ListContext,
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
