/** A small world for the examples of rules and for tests: a few connectors, and the beginning of every product. */
import type { Declarations } from '../../schema/options.ts';
import type { Example } from './rule.ts';

export const EXAMPLE_MESH = 'mesh: example\n';

const HEAD = `product: flights.departures
version: 1.0.0
owner: operations
purpose: Departures of the day.
`;

/** A mesh of one product: the usual beginning, then the given lines. */
export function productExample(body: string, more: Example = {}): Example {
  return { 'departures.product.yaml': HEAD + body, ...more };
}

/** The same with a key and two fields given. */
export function keyedExample(body: string, more: Example = {}): Example {
  return productExample(`key: [id]\nfields:\n  id: string\n  day: date\n${body}`, more);
}

/** A product whose field `value` is the given one. */
export function fieldExample(value: string, more: Example = {}): Example {
  return productExample(`key: [id]\nfields:\n  id: string\n  value: ${value}\n`, more);
}

/** Connectors as they might be declared; not the ones of this version, so that examples do not change with them. */
export const EXAMPLE_DECLARATIONS: Declarations = {
  inputs: [
    {
      name: 'file',
      doc: 'Reads files.',
      options: [
        {
          name: 'path',
          type: 'array',
          items: { name: 'items', type: 'string' },
          required: true,
          single: true,
          path: true,
          doc: 'Files or globs.',
        },
        {
          name: 'connection',
          type: 'string',
          connectionName: true,
          connectionTypes: ['folder'],
          doc: 'The folder that the paths start from.',
        },
        { name: 'format', type: 'string', enum: ['csv', 'json', 'ndjson'], doc: 'The format of the files.' },
        {
          name: 'mode',
          type: 'string',
          enum: ['append', 'snapshot'],
          default: 'append',
          replaces: 'snapshot',
          doc: 'How files add up.',
        },
        { name: 'header', type: 'boolean', default: 'true', doc: 'The first line holds the names.' },
        { name: 'batch', type: 'integer', min: '1', max: '1000', default: '100', doc: 'Records a batch.' },
        {
          name: 'every',
          type: 'string',
          pattern: '^[0-9]+(ms|s|m)$',
          example: '1s',
          doc: 'How often to look.',
        },
        { name: 'token', type: 'string', secret: true, doc: 'The token of the service.' },
        {
          name: 'replay',
          type: 'object',
          fields: [{ name: 'by', type: 'string', required: true }],
          doc: 'Deliver in the order of a field.',
        },
      ],
    },
    { name: 'push', doc: 'Takes records over HTTP.', options: [] },
  ],
  ports: [
    {
      name: 'rest',
      doc: 'Rows over HTTP.',
      options: [
        { name: 'order', type: 'string', fieldName: true, doc: 'The field that rows are ordered by.' },
      ],
    },
    {
      name: 'files',
      doc: 'Snapshots as files.',
      options: [
        {
          name: 'formats',
          type: 'array',
          items: { name: 'items', type: 'string', enum: ['parquet', 'csv', 'xlsx'] },
          default: '["parquet"]',
          doc: 'The formats that are offered.',
        },
      ],
    },
    { name: 'stream', doc: 'Records as they come.', options: [] },
  ],
  deliveries: [],
};

/** A product to read from or to reuse fields of. */
export const AIRPORTS: Example = {
  'airports.product.yaml': `product: airports.airports
version: 1.0.0
owner: operations
purpose: Airports by code.
key: [iata]
fields:
  iata: { type: string, length: 3, doc: The code }
  city: string
`,
};
