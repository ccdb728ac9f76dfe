/** The chart port's part of the OpenAPI document. */
import type { ProductReader } from '../../kit/reader.ts';
import { AT_PARAMETER, NOT_MODIFIED, POSITION_HEADER, problemAnswer } from '../openapi/components.ts';

export async function describeChart(_reader: ProductReader) {
  const answers = (description: string, content: Readonly<Record<string, unknown>>) => ({
    200: { description, headers: POSITION_HEADER, content },
    304: NOT_MODIFIED,
    400: problemAnswer('A filter or parameter is wrong.'),
    404: problemAnswer('There is no such product, dataset or position.'),
  });
  return {
    '/chart': {
      get: {
        operationId: 'get-chart',
        summary: 'The declared chart and the rows that it is drawn from, filtered as /rows is',
        parameters: [AT_PARAMETER],
        responses: answers('Marks, columns and rows.', {
          'application/json': { schema: { type: 'object' } },
        }),
      },
    },
    '/chart.svg': {
      get: {
        operationId: 'get-chart-svg',
        summary: 'The declared chart as a picture',
        parameters: [AT_PARAMETER],
        responses: answers('The picture.', { 'image/svg+xml': { schema: { type: 'string' } } }),
      },
    },
  };
}
