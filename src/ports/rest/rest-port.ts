/** The port `rest`: rows over HTTP, filtered and paged as PostgREST does. */
import { defineHttpPort } from '../../kit/port.ts';
import { ROWS_LIMIT_DEFAULT, ROWS_LIMIT_MAX } from '../../schema/rows-query.ts';
import { forgetAnswer } from '../answer/forget-answer.ts';
import { describeRest } from './describe-rest.ts';
import { answerOpenApi } from './openapi-route.ts';
import { answerRow } from './row-route.ts';
import { answerRows } from './rows-route.ts';

export const restPort = defineHttpPort({
  name: 'rest',
  action: 'read',
  doc: 'Rows over HTTP as JSON, NDJSON or CSV: filtered, ordered and paged, or one by its key; described by OpenAPI.',
  options: [
    {
      name: 'limit',
      type: 'integer',
      doc: 'Rows of a page when a request does not say how many.',
      min: '1',
      max: String(ROWS_LIMIT_MAX),
      default: String(ROWS_LIMIT_DEFAULT),
      example: '500',
    },
  ],
  routes(scope, host) {
    scope.addHook('onError', forgetAnswer);
    scope.get('/rows', (request, reply) => answerRows(host, request, reply));
    scope.get('/rows/*', (request, reply) => answerRow(host, request, reply));
    scope.get('/openapi.json', (request, reply) => answerOpenApi(host, request, reply));
  },
  describe: describeRest,
});
