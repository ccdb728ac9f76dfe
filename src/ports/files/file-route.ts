/** `GET /files/{dataset}.{format}`: the whole dataset at one position. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { PortHost } from '../../kit/port.ts';
import type { SnapshotReader } from '../../kit/reader.ts';
import { setDataHeaders } from '../answer/data-headers.ts';
import { entityTag } from '../answer/entity-tag.ts';
import { isNotModified } from '../answer/not-modified.ts';
import { FILE_MEDIA_TYPES, FORMULA_ESCAPES } from './file-format.ts';
import { type AskedFile, parseFileRequest } from './file-request.ts';
import { knownTag } from './file-tag.ts';
import { sendFile } from './send-file.ts';

export async function answerFile(
  host: PortHost,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const reader = await host.reader(request);
  const asked = parseFileRequest(host, request, reader);
  const snapshot = await reader.at(asked.at);
  setDataHeaders(reply, snapshot, asked.at);
  const tag = tagOf(snapshot, asked);
  const known = knownTag(request.headers['if-none-match'], tag);
  if (isNotModified(request, reply, known ?? tag)) return reply.send();
  setFileHeaders(reply, snapshot, asked);
  return sendFile(request, reply, { snapshot, asked, tag });
}

function tagOf(
  { product, position, sight }: SnapshotReader,
  { dataset, format, rawFormulas }: AskedFile,
): string {
  return entityTag([
    product.id,
    product.version,
    dataset.name,
    position,
    sight,
    format,
    rawFormulas ? 'raw' : 'defused',
  ]);
}

function setFileHeaders(reply: FastifyReply, { product, position }: SnapshotReader, asked: AskedFile): void {
  const { dataset, format, rawFormulas } = asked;
  const name = product.datasets.length > 1 ? `${product.name}.${dataset.name}` : product.name;
  reply.type(FILE_MEDIA_TYPES[format]);
  reply.header(
    'Content-Disposition',
    `attachment; filename="${name}-v${product.major}-${position}.${format}"`,
  );
  const formulaEscape = rawFormulas ? undefined : FORMULA_ESCAPES[format];
  if (formulaEscape) reply.header('Wharf-Formula-Escape', formulaEscape);
}
