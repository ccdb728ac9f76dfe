/** What the descriptions of all ports share, and how they refer to it. */
import type { ProductDescription } from '../../kit/reader.ts';
import { datasetJsonSchema } from '../../schema/json-schema.ts';

export const POSITION_HEADER = { 'Wharf-Position': { $ref: '#/components/headers/Wharf-Position' } } as const;
export const AT_PARAMETER = { $ref: '#/components/parameters/at' } as const;
export const NOT_MODIFIED = { description: 'The answer that If-None-Match names is still right.' } as const;
export const BINARY = { type: 'string', contentMediaType: 'application/octet-stream' } as const;

/** A reference to an answer that is a problem document. */
export function problemAnswer(description: string) {
  return {
    description,
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
  };
}

/** The schema of a dataset's rows. */
export function rowSchemaRef(dataset: string) {
  return { $ref: `#/components/schemas/${dataset}` };
}

export function components(product: ProductDescription) {
  const rows = product.datasets.map((dataset) => [
    dataset.name,
    datasetJsonSchema(dataset, { title: `A row of ${product.name} ${dataset.name}` }),
  ]);
  return {
    schemas: { Problem: PROBLEM, ...Object.fromEntries(rows) },
    headers: {
      'Wharf-Position': {
        description: 'The position that the answer shows. Give it as "at" to read the same again.',
        schema: { type: 'integer', minimum: 0 },
      },
    },
    parameters: {
      at: {
        name: 'at',
        in: 'query',
        description: 'Read at an earlier position, or at an ISO 8601 instant.',
        schema: { type: 'string' },
      },
    },
  };
}

/** RFC 9457, with our members. */
const PROBLEM = {
  type: 'object',
  title: 'Problem',
  required: ['type', 'title', 'status', 'detail', 'code'],
  properties: {
    type: { type: 'string', format: 'uri-reference' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string', description: 'What is wrong, with the value quoted.' },
    code: { type: 'string', description: 'Stable, for programs.' },
    hint: { type: 'string', description: 'What to do next.' },
    problems: {
      type: 'array',
      description: 'Everything that is wrong with the request.',
      items: {
        type: 'object',
        required: ['code', 'parameter', 'detail'],
        properties: {
          code: { type: 'string' },
          parameter: { type: 'string' },
          character: { type: 'integer', minimum: 1 },
          detail: { type: 'string' },
          hint: { type: 'string' },
        },
      },
    },
  },
} as const;
