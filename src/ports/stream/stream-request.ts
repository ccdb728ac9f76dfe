/** Where a client wants to start, and what it wants to see. */
import type { FastifyRequest } from 'fastify';
import { WharfError } from '../../base/errors.ts';
import { didYouMean } from '../../base/suggest.ts';
import type { PortHost } from '../../kit/port.ts';
import type { FollowRequest, ProductReader } from '../../kit/reader.ts';
import { onceParameters } from '../answer/once-parameters.ts';
import { queryParameters } from '../answer/query-parameters.ts';
import { quoted, RequestProblems } from '../answer/request-problems.ts';
import '../errors.ts';

export type StreamRequest = Omit<FollowRequest, 'signal'>;

const POSITION = /^\d{1,15}$/;
const DATE_START = /^\d{4}-\d{2}/;
const WORDS = ['earliest', 'latest'] as const;

/** Throws STREAM_FROM_INVALID, STREAM_FROM_AHEAD, and one error with all problems of the query. */
export function parseStreamRequest(
  host: PortHost,
  request: FastifyRequest,
  reader: ProductReader,
): StreamRequest {
  const problems = new RequestProblems();
  const values = onceParameters(queryParameters(request), ['from', 'dataset'], problems);
  const dataset = wantedDataset(host, request, reader, values.dataset, problems);
  problems.throwIfAny();
  const lastEventId = request.headers['last-event-id'];
  const from =
    typeof lastEventId === 'string' && lastEventId !== '' ? after(lastEventId) : start(values.from);
  const end = reader.publishedPosition();
  if (typeof from === 'number' && from > end + 1) {
    throw new WharfError(
      'STREAM_FROM_AHEAD',
      `The stream of ${reader.product.id} ends at position ${end}, before ${from}.`,
      {
        hint: 'Leave "from" out to get what comes from now on.',
        details: { position: end },
      },
    );
  }
  return { from, ...(dataset === undefined ? {} : { dataset }) };
}

/** The one in the path, or else the one of the query; undefined for all of them. */
function wantedDataset(
  host: PortHost,
  request: FastifyRequest,
  reader: ProductReader,
  asked: string | undefined,
  problems: RequestProblems,
): string | undefined {
  const { dataset } = request.params as { readonly dataset?: string };
  if (dataset !== undefined) return host.dataset(request, reader);
  const names = reader.product.datasets.map((d) => d.name);
  if (asked === undefined || names.includes(asked)) return asked;
  problems.add({
    code: 'OPTION_INVALID',
    parameter: 'dataset',
    detail: `There is no dataset ${quoted(asked)}.`,
    hint: didYouMean(asked, names) || `There are: ${names.join(', ')}.`,
  });
  return undefined;
}

function after(lastEventId: string): number {
  if (POSITION.test(lastEventId)) return Number(lastEventId) + 1;
  throw new WharfError('STREAM_FROM_INVALID', `The Last-Event-ID ${quoted(lastEventId)} is not a position.`, {
    hint: 'Send the id of the last event that was received, or none.',
  });
}

function start(from: string | undefined): StreamRequest['from'] {
  if (from === undefined) return 'latest';
  const word = WORDS.find((known) => known === from);
  if (word) return word;
  if (POSITION.test(from)) return Number(from);
  if (DATE_START.test(from)) return from;
  throw new WharfError('STREAM_FROM_INVALID', `The start ${quoted(from)} is not one.`, {
    hint:
      didYouMean(from, WORDS) || 'It can be: earliest, latest, a position such as 1200, or an ISO 8601 time.',
  });
}
