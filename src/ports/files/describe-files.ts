/** The files port's part of the OpenAPI document. */
import type { ProductReader } from '../../kit/reader.ts';
import { AT_PARAMETER, BINARY, NOT_MODIFIED, POSITION_HEADER, problemAnswer } from '../openapi/components.ts';
import { FILE_MEDIA_TYPES, servedFormats } from './file-format.ts';

const FORMULAS_PARAMETER = {
  name: 'formulas',
  in: 'query',
  description: 'CSV and XLSX: leave text as it is that a spreadsheet would run as a formula.',
  schema: { type: 'string', enum: ['raw'] },
} as const;

export async function describeFiles(reader: ProductReader, options: Readonly<Record<string, unknown>>) {
  const formats = servedFormats(options);
  const files = reader.product.datasets.flatMap((d) => formats.map((format) => `${d.name}.${format}`));
  return {
    '/files': {
      get: {
        operationId: 'list-files',
        summary: 'The files that there are',
        parameters: [AT_PARAMETER],
        responses: {
          200: {
            description: 'Each with its link.',
            headers: POSITION_HEADER,
            content: { 'application/json': { schema: { type: 'object' } } },
          },
        },
      },
    },
    '/files/{file}': {
      get: {
        operationId: 'get-file',
        summary: 'A whole dataset at one position, as a file',
        parameters: [
          {
            name: 'file',
            in: 'path',
            required: true,
            schema: { type: 'string', enum: files },
            example: files[0],
          },
          AT_PARAMETER,
          FORMULAS_PARAMETER,
        ],
        responses: {
          200: { description: 'The file.', headers: fileHeaders(), content: fileContent(formats) },
          206: {
            description: 'The part of the file that Range asks for; not for xlsx.',
            content: fileContent(formats),
          },
          304: NOT_MODIFIED,
          404: problemAnswer('There is no such file.'),
          416: problemAnswer('The file does not have the bytes that Range asks for.'),
          422: problemAnswer('The data does not fit into a file of this format.'),
        },
      },
    },
  };
}

function fileHeaders() {
  return {
    ...POSITION_HEADER,
    'Wharf-Formula-Escape': {
      description:
        'How formulas were defused: "apostrophe" (CSV, one in front, to be taken away again) or "quote-prefix" (XLSX).',
      schema: { type: 'string', enum: ['apostrophe', 'quote-prefix'] },
    },
  };
}

function fileContent(formats: ReturnType<typeof servedFormats>) {
  const types = formats.map((format) => FILE_MEDIA_TYPES[format].split(';')[0] ?? '');
  return Object.fromEntries(types.map((type) => [type, { schema: BINARY }]));
}
