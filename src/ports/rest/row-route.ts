/** `GET /rows/{key}`: one row. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { present } from '../../base/assert.ts';
import { WharfError } from '../../base/errors.ts';
import type { PortHost } from '../../kit/port.ts';
import { setDataHeaders } from '../answer/data-headers.ts';
import { entityTag } from '../answer/entity-tag.ts';
import { isNotModified } from '../answer/not-modified.ts';
import { onceParameters } from '../answer/once-parameters.ts';
import { queryParameters } from '../answer/query-parameters.ts';
import { quoted, RequestProblems } from '../answer/request-problems.ts';
import '../errors.ts';
import { parseRowKey, rawWildcard } from './row-key.ts';

export async function answerRow(
  host: PortHost,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const reader = await host.reader(request);
  const name = host.dataset(request, reader);
  const dataset = present(
    reader.product.datasets.find((d) => d.name === name),
    'the host names datasets of the product',
  );
  const at = readAt(request);
  const raw = rawWildcard(request);
  const key = parseRowKey(dataset, raw);
  const snapshot = await reader.at(at);
  setDataHeaders(reply, snapshot, at);
  const { id, version } = reader.product;
  const tag = entityTag([id, version, name, snapshot.position, snapshot.sight, ...key]);
  if (isNotModified(request, reply, tag)) return reply.send();
  const row = await snapshot.row(name, key);
  if (row === undefined) {
    throw new WharfError(
      'ROW_UNKNOWN',
      `"${name}" has no row with the key ${quoted(raw)} at position ${snapshot.position}.`,
    );
  }
  reply.type('application/json; charset=utf-8');
  return reply.send(
    `{"position":${snapshot.position},"row":${row},"_links":${JSON.stringify(links(request, raw))}}`,
  );
}

function readAt(request: FastifyRequest): string | undefined {
  const problems = new RequestProblems();
  const { at } = onceParameters(queryParameters(request), ['at'], problems);
  problems.throwIfAny();
  return at;
}

function links(request: FastifyRequest, raw: string) {
  const path = request.url.split('?')[0] ?? '';
  return { self: { href: request.url }, collection: { href: path.slice(0, -raw.length - 1) } };
}
