/** The port `files`: whole datasets as files. */
import { defineHttpPort } from '../../kit/port.ts';
import { FILE_FORMATS } from '../../kit/reader.ts';
import { forgetAnswer } from '../answer/forget-answer.ts';
import { describeFiles } from './describe-files.ts';
import { answerFile } from './file-route.ts';
import { answerFileList } from './list-route.ts';

export const filesPort = defineHttpPort({
  name: 'files',
  action: 'export',
  doc: 'Whole datasets at one position as files: Parquet, CSV, NDJSON, JSON, XLSX and Arrow.',
  options: [
    {
      name: 'formats',
      type: 'array',
      items: { name: 'items', type: 'string', enum: FILE_FORMATS },
      doc: 'The formats that are offered; all of them when left out.',
      example: '[parquet, csv, xlsx]',
    },
  ],
  routes(scope, host) {
    scope.addHook('onError', forgetAnswer);
    scope.get('/files', (request, reply) => answerFileList(host, request, reply));
    scope.route({
      method: ['GET', 'HEAD'],
      url: '/files/:file',
      handler: (request, reply) => answerFile(host, request, reply),
    });
  },
  describe: describeFiles,
});
