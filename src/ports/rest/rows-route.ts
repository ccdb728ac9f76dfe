/** `GET /rows`: a page of rows that match a filter. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { present } from '../../base/assert.ts';
import type { PortHost } from '../../kit/port.ts';
import type { ProductReader, SnapshotReader } from '../../kit/reader.ts';
import { encodeLinks } from '../../protocols/link-header.ts';
import { columnsOf, type Dataset, type Field } from '../../schema/field.ts';
import { ROWS_LIMIT_DEFAULT, type RowsPage } from '../../schema/rows-query.ts';
import { setDataHeaders } from '../answer/data-headers.ts';
import { entityTag, fingerprint } from '../answer/entity-tag.ts';
import { isNotModified } from '../answer/not-modified.ts';
import { type QueryParameters, queryParameters } from '../answer/query-parameters.ts';
import { csvOfRows } from './csv-rows.ts';
import { decodePageToken, encodePageToken, type PageToken } from './page-token.ts';
import { chooseMediaType, type RowMediaType } from './row-format.ts';
import { nextHref } from './rows-links.ts';
import { parseRowsRequest, type RowsRequest } from './rows-request.ts';

interface Asked {
  readonly dataset: Dataset;
  readonly parameters: QueryParameters;
  readonly request: RowsRequest;
  readonly mediaType: RowMediaType;
  /** Names what is paged through: a token of another scope is refused. */
  readonly scope: string;
}

export async function answerRows(
  host: PortHost,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  reply.header('Vary', 'Accept');
  const reader = await host.reader(request);
  const asked = readRequest(host, request, reader);
  const token = pageToken(asked);
  const at = token ? String(token.position) : asked.request.at;
  const snapshot = await reader.at(at);
  setDataHeaders(reply, snapshot, at);
  if (isNotModified(request, reply, tagOf(snapshot, asked))) return reply.send();
  const page = await readPage(snapshot, asked, token);
  const next = nextLink(request, asked, snapshot.position, page);
  if (next) reply.header('Link', encodeLinks([{ href: next, rel: 'next' }]));
  if (page.count !== undefined) reply.header('Wharf-Count', String(page.count));
  reply.type(asked.mediaType.contentType);
  return reply.send(answerText(request.url, reply, asked, { position: snapshot.position, page, next }));
}

function readRequest(host: PortHost, request: FastifyRequest, reader: ProductReader): Asked {
  const name = host.dataset(request, reader);
  const dataset = present(
    reader.product.datasets.find((d) => d.name === name),
    'the host names datasets of the product',
  );
  const parameters = queryParameters(request);
  const limitDefault = Number(host.options(reader).limit ?? ROWS_LIMIT_DEFAULT);
  const rows = parseRowsRequest(dataset, parameters, limitDefault);
  const mediaType = chooseMediaType(rows.format, request.headers.accept);
  const order = JSON.stringify([rows.filter ?? null, rows.order]);
  return {
    dataset,
    parameters,
    request: rows,
    mediaType,
    scope: fingerprint([reader.product.id, name, order, rows.at ?? '']),
  };
}

function pageToken({ request, dataset, scope }: Asked): PageToken | undefined {
  if (request.after === undefined) return undefined;
  const fields = columnsOf(dataset);
  const order = request.order.map((term) =>
    present(
      fields.find((f) => f.name === term.field),
      'order is checked',
    ),
  );
  return decodePageToken(request.after, scope, order);
}

function tagOf(snapshot: SnapshotReader, { dataset, parameters, mediaType, request }: Asked): string {
  const { id, version } = snapshot.product;
  const query = JSON.stringify(parameters);
  return entityTag([
    id,
    version,
    dataset.name,
    snapshot.position,
    snapshot.sight,
    mediaType.contentType,
    request.limit,
    query,
  ]);
}

function readPage(
  snapshot: SnapshotReader,
  { dataset, request }: Asked,
  token: PageToken | undefined,
): Promise<RowsPage> {
  const { select, filter, order, limit, count } = request;
  return snapshot.rows(dataset.name, {
    ...(select ? { select } : {}),
    ...(filter ? { filter } : {}),
    ...(token ? { after: token.after } : {}),
    order,
    limit,
    count,
  });
}

function nextLink(
  request: FastifyRequest,
  asked: Asked,
  position: number,
  page: RowsPage,
): string | undefined {
  if (!page.next) return undefined;
  const path = request.url.split('?')[0] ?? '';
  return nextHref(path, asked.parameters, encodePageToken({ position, after: page.next }, asked.scope));
}

interface Answer {
  readonly position: number;
  readonly page: RowsPage;
  readonly next: string | undefined;
}

function answerText(self: string, reply: FastifyReply, asked: Asked, answer: Answer): string {
  const { page } = answer;
  switch (asked.mediaType.format) {
    case 'json':
      return jsonText(self, answer);
    case 'ndjson':
      return page.rows.map((row) => `${row}\n`).join('');
    case 'csv':
      if (!asked.request.rawFormulas) reply.header('Wharf-Formula-Escape', 'apostrophe');
      return csvOfRows(selectedFields(asked), page.rows, asked.request.rawFormulas);
  }
}

/** Put together from the rows' own texts, so that no number is read and written again. */
function jsonText(self: string, { position, page, next }: Answer): string {
  const count = page.count === undefined ? '' : `,"count":${page.count}`;
  const links = { self: { href: self }, ...(next ? { next: { href: next } } : {}) };
  return `{"position":${position},"rows":[${page.rows.join(',')}]${count},"_links":${JSON.stringify(links)}}`;
}

function selectedFields({ dataset, request }: Asked): readonly Field[] {
  const fields = columnsOf(dataset);
  return (
    request.select?.map((name) =>
      present(
        fields.find((f) => f.name === name),
        'select is checked',
      ),
    ) ?? fields
  );
}
