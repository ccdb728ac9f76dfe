import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { formatBytes } from '../../base/duration.ts';
import { codeOf, messageOf, WharfError } from '../../base/errors.ts';
import type { Submission, SubmissionResult } from '../../kit/input.ts';
import type { BodyShare } from './body-room.ts';
import { holdsRecord, type PushFormat, slicesOfPush } from './push-slices.ts';
import { PUSH_BODY_BYTES_MAX } from './read-body.ts';
import './errors.ts';

const IDEMPOTENCY_KEY_LENGTH_MAX = 255;
const LINE_TYPES = new Set(['application/x-ndjson', 'application/ndjson', 'application/jsonl', 'text/plain']);

const unzip = promisify(gunzip);

/** Reads a request into whole slices of records. Throws the PUSH_... errors. */
export async function receivePush(request: FastifyRequest, share: BodyShare): Promise<Submission> {
  const format = readFormat(request);
  const op = readOperation(request.query);
  const body = await unpack(request, share);
  const slices = holdsRecord(body) ? slicesOfPush(body, format) : [];
  if (slices.length === 0) {
    throw new WharfError('PUSH_EMPTY', 'The request holds no record.', {
      hint: 'Send one JSON document, an array of them, or one document a line.',
    });
  }
  const params = request.params as { product: string; major: string; input: string };
  return {
    product: `${params.product}@${params.major}`,
    input: params.input,
    op,
    slices,
    idempotency: readIdempotency(request, body, op),
  };
}

/** 200 when all were accepted, 207 when some were, 422 when none was. */
export function answerPush(reply: FastifyReply, result: SubmissionResult): FastifyReply {
  const some = result.accepted > 0;
  const status = result.rejected.length === 0 ? 200 : some ? 207 : 422;
  if (result.repeated) reply.header('Idempotency-Replayed', 'true');
  return reply
    .code(status)
    .header('Wharf-Position', String(result.position))
    .type('application/json; charset=utf-8')
    .send(
      JSON.stringify({
        accepted: result.accepted,
        rejected: result.rejected.length,
        position: result.position,
        rejects: result.rejected,
      }),
    );
}

function readFormat(request: FastifyRequest): PushFormat {
  const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if (LINE_TYPES.has(type)) return 'ndjson';
  if (type === '' || type === 'application/json' || type.endsWith('+json')) return 'json';
  throw new WharfError('PUSH_MEDIA_TYPE', `The content type "${type}" is not one that a push can have.`, {
    hint: 'Send application/json or application/x-ndjson.',
  });
}

function readOperation(query: unknown): 'upsert' | 'delete' {
  const parameters = Object.entries((query ?? {}) as Record<string, unknown>);
  let op: 'upsert' | 'delete' = 'upsert';
  for (const [name, value] of parameters) {
    if (name === 'op' && (value === 'upsert' || value === 'delete')) op = value;
    else {
      throw new WharfError('PUSH_OPTION', `The parameter "${name}=${String(value)}" is not known here.`, {
        hint: 'The one parameter of a push is op=upsert (default) or op=delete.',
      });
    }
  }
  return op;
}

async function unpack(request: FastifyRequest, share: BodyShare): Promise<Uint8Array> {
  const body = request.body instanceof Uint8Array ? request.body : new Uint8Array();
  const encoding = (request.headers['content-encoding'] ?? 'identity').toLowerCase();
  if (encoding === 'identity') return body;
  if (encoding !== 'gzip') {
    throw new WharfError('PUSH_ENCODING', `The content encoding "${encoding}" is not supported.`, {
      hint: 'Send the body as it is, or with Content-Encoding: gzip.',
    });
  }
  const unpacked = await unzipped(body);
  share.add(unpacked.length);
  return unpacked;
}

async function unzipped(body: Uint8Array): Promise<Uint8Array> {
  try {
    return await unzip(body, { maxOutputLength: PUSH_BODY_BYTES_MAX });
  } catch (thrown) {
    if (codeOf(thrown) === 'ERR_BUFFER_TOO_LARGE') {
      throw new WharfError(
        'PUSH_TOO_LARGE',
        `The body is larger than ${formatBytes(PUSH_BODY_BYTES_MAX)} once unpacked.`,
        {
          hint: 'Send it in several requests.',
        },
      );
    }
    throw new WharfError('PUSH_ENCODING', `The gzip data of the body is damaged: ${messageOf(thrown)}.`, {
      cause: thrown,
    });
  }
}

function readIdempotency(request: FastifyRequest, body: Uint8Array, op: string): Submission['idempotency'] {
  const key = request.headers['idempotency-key'];
  if (key === undefined) return undefined;
  if (typeof key !== 'string' || key.length === 0 || key.length > IDEMPOTENCY_KEY_LENGTH_MAX) {
    throw new WharfError(
      'IDEMPOTENCY_KEY_INVALID',
      `The Idempotency-Key must have 1 to ${IDEMPOTENCY_KEY_LENGTH_MAX} characters.`,
      {
        hint: 'Use a new UUID for each body.',
      },
    );
  }
  return { key, bodyHash: createHash('sha256').update(op).update('\n').update(body).digest('hex') };
}
