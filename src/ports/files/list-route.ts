/** `GET /files`: the files that there are, with their links. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { PortHost } from '../../kit/port.ts';
import { setDataHeaders } from '../answer/data-headers.ts';
import { onceParameters } from '../answer/once-parameters.ts';
import { queryParameters } from '../answer/query-parameters.ts';
import { RequestProblems } from '../answer/request-problems.ts';
import { FILE_MEDIA_TYPES, servedFormats } from './file-format.ts';
import { shownDatasets } from './file-request.ts';

export async function answerFileList(
  host: PortHost,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const reader = await host.reader(request);
  const problems = new RequestProblems();
  const { at } = onceParameters(queryParameters(request), ['at'], problems);
  problems.throwIfAny();
  const snapshot = await reader.at(at);
  const { position } = snapshot;
  setDataHeaders(reply, snapshot, at);
  const path = (request.url.split('?')[0] ?? '').replace(/\/$/, '');
  const query = at === undefined ? '' : `?at=${encodeURIComponent(at)}`;
  const files = shownDatasets(host, request, reader).flatMap((dataset) =>
    servedFormats(host.options(reader)).map((format) => ({
      dataset: dataset.name,
      format,
      mediaType: FILE_MEDIA_TYPES[format],
      _links: { self: { href: `${path}/${dataset.name}.${format}${query}` } },
    })),
  );
  reply.type('application/json; charset=utf-8');
  return reply.send(JSON.stringify({ position, files, _links: { self: { href: request.url } } }));
}
