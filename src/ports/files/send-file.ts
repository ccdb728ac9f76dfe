/** Sends a snapshot's file: whole or in part, at the client's own pace, and gives it back however that ends. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { WharfError } from '../../base/errors.ts';
import type { SnapshotFile, SnapshotFormat, SnapshotReader } from '../../kit/reader.ts';
import { chooseRange, isRangeCurrent } from '../../protocols/byte-range.ts';
import { columnsOf } from '../../schema/field.ts';
import { abortOnClose } from '../answer/abort-on-close.ts';
import '../errors.ts';
import { refuseLongCells, workbookChunks } from '../../kit/workbook/workbook-chunks.ts';
import type { AskedFile } from './file-request.ts';
import { writtenTag } from './file-tag.ts';

const CHUNK_BYTES = 256 * 1024;

export interface FileAnswer {
  readonly snapshot: SnapshotReader;
  readonly asked: AskedFile;
  /** Of the rows; the bytes of a file that is written again may be in another order. */
  readonly tag: string;
}

export async function sendFile(
  request: FastifyRequest,
  reply: FastifyReply,
  answer: FileAnswer,
): Promise<FastifyReply> {
  const signal = abortOnClose(reply);
  const format = answer.asked.format === 'xlsx' ? 'ndjson' : answer.asked.format;
  const file = await openFile(answer, format, signal);
  try {
    signal.throwIfAborted();
    file.ended?.throwIfAborted();
    const tag = writtenTag(answer.tag, (await stat(file.path, { bigint: true })).mtimeNs);
    reply.header('ETag', tag);
    const body = await bodyOf(request, reply, { ...answer, tag }, file);
    if (!body || request.method === 'HEAD') {
      file.release();
      return reply.send();
    }
    const { ended } = file;
    const stop = () => body.destroy(new Error('No more of the file may be given.'));
    ended?.addEventListener('abort', stop, { once: true });
    if (ended?.aborted) stop();
    body.once('close', () => {
      ended?.removeEventListener('abort', stop);
      file.release();
    });
    return reply.send(body);
  } catch (thrown) {
    file.release();
    throw thrown;
  }
}

function openFile(
  { snapshot, asked }: FileAnswer,
  format: SnapshotFormat,
  signal: AbortSignal,
): Promise<SnapshotFile> {
  const defuseFormulas = format === 'csv' && !asked.rawFormulas;
  return snapshot.file({ dataset: asked.dataset.name, format, defuseFormulas, signal });
}

/** Sets status and headers; undefined when HEAD needs no stream. */
async function bodyOf(
  request: FastifyRequest,
  reply: FastifyReply,
  { asked, tag }: FileAnswer,
  file: SnapshotFile,
): Promise<Readable | undefined> {
  if (asked.format !== 'xlsx') return partOf(request, reply, tag, file);
  const fields = columnsOf(asked.dataset);
  await refuseLongCells(file.path, fields);
  if (request.method === 'HEAD') return undefined;
  return Readable.from(workbookChunks(file.path, fields, asked.rawFormulas), {
    objectMode: false,
    highWaterMark: CHUNK_BYTES,
  });
}

/** Throws RANGE_OUTSIDE. */
function partOf(
  request: FastifyRequest,
  reply: FastifyReply,
  tag: string,
  file: SnapshotFile,
): Readable | undefined {
  reply.header('Accept-Ranges', 'bytes');
  const ifRange = request.headers['if-range'];
  const current = isRangeCurrent(ifRange === undefined ? undefined : String(ifRange), tag);
  const wanted = current ? String(request.headers.range ?? '') : '';
  const range = chooseRange(wanted, file.bytes);
  if (range.kind === 'outside') {
    reply.header('Content-Range', `bytes */${file.bytes}`);
    throw new WharfError(
      'RANGE_OUTSIDE',
      `The range "${wanted}" is not within the ${file.bytes} bytes of the file.`,
    );
  }
  const part = range.kind === 'part' ? range : { first: 0, last: file.bytes - 1 };
  if (range.kind === 'part')
    reply.code(206).header('Content-Range', `bytes ${part.first}-${part.last}/${file.bytes}`);
  reply.header('Content-Length', String(part.last - part.first + 1));
  if (request.method === 'HEAD') return undefined;
  if (file.bytes === 0) return Readable.from([]);
  return createReadStream(file.path, { start: part.first, end: part.last, highWaterMark: CHUNK_BYTES });
}
