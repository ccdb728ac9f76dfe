/** `GET /openapi.json`: what all ports of the product answer to. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { PortHost } from '../../kit/port.ts';
import { setDataHeaders } from '../answer/data-headers.ts';
import { entityTag } from '../answer/entity-tag.ts';
import { isNotModified } from '../answer/not-modified.ts';
import { openApiDocument } from '../openapi/openapi-document.ts';

export async function answerOpenApi(
  host: PortHost,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const reader = await host.reader(request);
  const { product } = reader;
  // Its examples are rows, so it is another one for who sees something else.
  const { position, sight } = await reader.at(undefined);
  setDataHeaders(reply, { position, sight }, undefined);
  if (isNotModified(request, reply, entityTag(['openapi', product.id, product.version, position, sight])))
    return reply.send();
  const document = openApiDocument(product, prefixOf(request), await host.describe(reader));
  return reply.type('application/json; charset=utf-8').send(document);
}

/** The product's own path, also when it was asked below one of its datasets. */
function prefixOf(request: FastifyRequest): string {
  const { product, major } = request.params as { readonly product: string; readonly major: string };
  return `/p/${product}/v${major}`;
}
