/** The stream port's part of the OpenAPI document. */
import type { ProductReader } from '../../kit/reader.ts';
import { POSITION_HEADER, problemAnswer } from '../openapi/components.ts';

export async function describeStream(reader: ProductReader) {
  const datasets = reader.product.datasets.map((dataset) => dataset.name);
  return {
    '/stream': {
      get: {
        operationId: 'follow',
        summary: 'Every change, as it happens: server-sent events, or a WebSocket on upgrade',
        description:
          'An event is named by its op, upsert or delete; its id is its position; its data is JSON: position, time, op, dataset, key, document. ' +
          'A client that is too slow gets a last event "cut-off" whose data says where to "resume" and the "reason" (WebSocket: close code 1013, reason "resume=<position>").',
        parameters: [
          {
            name: 'from',
            in: 'query',
            description: 'earliest, latest, the first position wanted, or an ISO 8601 instant.',
            schema: { type: 'string', default: 'latest' },
          },
          {
            name: 'dataset',
            in: 'query',
            description: 'Only this dataset.',
            schema: { type: 'string', enum: datasets },
          },
          {
            name: 'Last-Event-ID',
            in: 'header',
            description: 'Goes on after this position; stronger than "from".',
            schema: { type: 'integer', minimum: 0 },
          },
        ],
        responses: {
          200: {
            description: 'The stream; it does not end.',
            headers: POSITION_HEADER,
            content: { 'text/event-stream': { schema: { type: 'string' } } },
          },
          400: problemAnswer('The start is not understood, or behind the end of the stream.'),
          503: problemAnswer('As many clients as allowed follow the product.'),
        },
      },
    },
  };
}
